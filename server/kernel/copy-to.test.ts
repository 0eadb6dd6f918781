import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { copyTo } from './copy-to.ts'

const bytes = randomBytes(1_500_001)
let folder: string
let file: FileHandle
let server: Server | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-copy-'))
  await writeFile(join(folder, 'file'), bytes)
  file = await open(join(folder, 'file'))
})
afterEach(async () => {
  server?.close()
  server = undefined
  await file.close()
  await rm(folder, { recursive: true })
})

/** Takes what comes after a turn of the event loop, and keeps a copy. */
function slowSink(taken: Buffer[]): Writable {
  return new Writable({
    write: (chunk: Buffer, _, done) =>
      void setImmediate(() => {
        taken.push(Buffer.from(chunk))
        done()
      }),
  })
}

describe('copying a file into a stream', () => {
  it.each([
    { start: 0, end: bytes.length - 1 },
    { start: 1, end: 1 },
    { start: 300_000, end: 1_400_000 },
    { start: bytes.length - 5, end: bytes.length - 1 },
  ])('copies $start to $end', async (range) => {
    const taken: Buffer[] = []
    await copyTo(slowSink(taken), file, range)
    expect(Buffer.concat(taken).equals(bytes.subarray(range.start, range.end + 1))).toBe(true)
  })

  it('copies nothing of an empty file', async () => {
    const taken: Buffer[] = []
    await copyTo(slowSink(taken), file, { start: 0, end: -1 })
    expect(taken).toEqual([])
  })

  it('reaches a reader of HTTP whole', async () => {
    server = createServer((_, response) => {
      void copyTo(response, file, { start: 0, end: bytes.length - 1 }).then(() => response.end())
    }).listen(0)
    await once(server, 'listening')
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true)
  })

  it('ends when a reader that takes nothing goes away', async () => {
    const large = await open(join(folder, 'large'), 'w+')
    await large.truncate(200_000_000)
    const ended = new Promise<unknown>((resolve) => {
      server = createServer((_, response) => {
        copyTo(response, large, { start: 0, end: 199_999_999 }).then(() => resolve('copied'), resolve)
      }).listen(0)
    })
    await once(server as Server, 'listening')
    const socket = connect(((server as Server).address() as AddressInfo).port, '127.0.0.1')
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(socket, 'connect')
    await new Promise((resolve) => server?.once('request', resolve))
    socket.destroy()
    expect(await ended).toBeInstanceOf(Error)
    await large.close()
  })

  it('says so when the file is shorter than it was', async () => {
    const range = { start: 0, end: bytes.length }
    await expect(copyTo(slowSink([]), file, range)).rejects.toThrow('the file ended early')
  })
})
