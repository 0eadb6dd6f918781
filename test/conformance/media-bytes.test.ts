import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readlinkSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import { as, newPerson } from '#test/support/accounts-v1.ts'
import type { Person } from '#test/support/accounts-v1.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { upload } from '#test/support/media.ts'

/** Files on real connections: their ends, their second requests, and readers that go away. */
const SMALL = Buffer.from('0123456789')
/** More than the buffers of a connection hold. */
const LARGE = Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(24 * 1024 * 1024)])
let app: TestApp
let owner: Person
let small: string
let large: string
const sockets: Socket[] = []

beforeAll(async () => {
  app = await startTestApp({ listen: true })
  owner = await newPerson(app)
  const idOf = async (name: string, bytes: Buffer): Promise<string> =>
    (await upload(app, owner.token, { name, bytes })).body.data.file_id
  small = await idOf('數字.txt', SMALL)
  large = await idOf('厚.pdf', LARGE)
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await app.close()
})

async function connected(): Promise<Socket> {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1')
  sockets.push(socket)
  await once(socket, 'connect')
  return socket
}

const request = (method: string, id: string, headers: Record<string, string> = {}): string =>
  [
    `${method} /api/v1/media/download/${id} HTTP/1.1`,
    'host: test',
    `authorization: Bearer ${owner.token}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n')

/** Everything that comes until the server ends the connection. */
async function everything(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of socket) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** How many kept files this process has open. */
function openFiles(): number {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return ''
    }
  })
  return targets.filter((path) => path.startsWith(join(app.dataDir, 'media/kept'))).length
}

test('several requests on one connection, sent at once, are answered whole and in order', async () => {
  const socket = await connected()
  socket.write(
    request('GET', large) +
      request('HEAD', small, { range: 'bytes=2-3' }) +
      request('GET', small, { range: 'bytes=2-3' }) +
      request('GET', small, { range: 'bytes=99-' }) +
      request('GET', small, { connection: 'close' }),
  )
  const came = await everything(socket)
  const at = came.indexOf('\r\n\r\n') + 4
  expect(came.subarray(at, at + LARGE.length).equals(LARGE)).toBe(true)
  const rest = came.subarray(at + LARGE.length).toString('latin1')
  const [head, part, outside, whole] = rest.split(/(?=HTTP\/1\.1 )/)
  // Ranges are of GET alone.
  expect(head).toMatch(/^HTTP\/1\.1 200 /)
  expect(head).toMatch(/content-length: 10\r\n/i)
  expect(head).toMatch(/\r\n\r\n$/)
  expect(part).toMatch(/^HTTP\/1\.1 206 [^]*\r\n\r\n23$/)
  expect(outside).toMatch(/^HTTP\/1\.1 416 /)
  expect(whole).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n0123456789$/)
  await expect.poll(openFiles).toBe(0)
})

test('a reader that stops in the middle and goes away leaves nothing open', async () => {
  const socket = await connected()
  socket.write(request('GET', large) + request('GET', large))
  await once(socket, 'readable')
  await expect.poll(openFiles).toBeGreaterThan(0)
  socket.destroy()
  await expect.poll(openFiles).toBe(0)
  const again = await connected()
  again.write(request('GET', small, { connection: 'close' }))
  expect((await everything(again)).toString('latin1')).toMatch(/0123456789$/)
})

test('of a file whose bytes are gone it is said so, and no cache keeps the answer', async () => {
  const id = (await upload(app, owner.token, { name: '會消失.txt', bytes: Buffer.from('gone') })).body.data.file_id
  const [row] = await app.db.query<{ key: string }>('SELECT storage_key AS key FROM media_files WHERE id = $1', [id])
  const key = row?.key ?? ''
  rmSync(join(app.dataDir, 'media/kept', key.slice(0, 2), key))
  const answer = await call(app, `GET /api/v1/media/download/${id}`, undefined, as(owner))
  expect(answer.status).toBe(404)
  expect(answer.headers['cache-control'] ?? '').not.toContain('max-age=3600')
  expect(answer.headers['content-disposition']).toBeUndefined()
})
