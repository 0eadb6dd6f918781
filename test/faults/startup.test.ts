import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer } from '#test/support/server.ts'

/** What cannot work is said in one plain sentence, with exit code 1. */
interface Ended {
  readonly code: number
  readonly stderr: string
}

async function runToEnd(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, '../../server/main.ts'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], CONFAB_LOG_LEVEL: 'silent', CONFAB_HOST: '127.0.0.1', CONFAB_PORT: '0', ...env },
  })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return { code, stderr }
}

function expectOneSentence({ code, stderr }: Ended, about: RegExp): void {
  expect(stderr.trim().split('\n'), stderr).toHaveLength(1)
  expect(stderr).toMatch(about)
  expect(code).toBe(1)
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-startup-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('starting where it cannot', () => {
  test('a taken port', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const env = { CONFAB_DATA_DIR: join(folder, 'taken'), CONFAB_PORT: String(port) }
    expectOneSentence(await runToEnd([], env), new RegExp(`Port ${port} is taken`))
    taken.close()
  })

  test('a data directory that cannot be one', async () => {
    await writeFile(join(folder, 'file'), '')
    expectOneSentence(await runToEnd([], { CONFAB_DATA_DIR: join(folder, 'file', 'data') }), /data directory|Cannot/i)
  })

  test('a database that does not answer', async () => {
    const env = { CONFAB_DATA_DIR: join(folder, 'nodb'), DATABASE_URL: 'postgres://confab:secret@127.0.0.1:1/confab' }
    const ended = await runToEnd([], env)
    expectOneSentence(ended, /127\.0\.0\.1:1/)
    expect(ended.stderr).not.toContain('secret')
  })

  test('a database address that is none', async () => {
    const env = { CONFAB_DATA_DIR: join(folder, 'nodb'), DATABASE_URL: 'mysql://x' }
    expectOneSentence(await runToEnd([], env), /DATABASE_URL/)
  })

  test('a second server on the same data directory', async () => {
    const first = await startServer()
    try {
      expectOneSentence(await runToEnd([], { CONFAB_DATA_DIR: first.dataDir }), /is in use by another Confab server/)
      expect((await fetch(`${first.url}/ready`)).status).toBe(200)
    } finally {
      await first.stop()
    }
  })

  test('a setting that makes no sense', async () => {
    expectOneSentence(await runToEnd([], { CONFAB_PORT: 'eight thousand' }), /CONFAB_PORT/)
  })

  test('a command that there is not: usage and exit code 2', async () => {
    const { code, stderr } = await runToEnd(['dance'], {})
    expect(code).toBe(2)
    expect(stderr).toContain('Usage')
  })
})

describe('stopping', () => {
  test('SIGTERM ends with exit code 0 and a request under way is answered', async () => {
    const server = await startServer()
    const body = JSON.stringify({ username: 'nobody', password: 'password123' })
    const asked = request(`${server.url}/api/v1/auth/login`, {
      method: 'POST',
      // The server says "continue" once it has read the head: from then on the request is under way.
      headers: { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue' },
    })
    asked.flushHeaders()
    await once(asked, 'continue')
    const ended = server.kill('SIGTERM')
    asked.end(body)
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    answer.resume()
    expect(answer.statusCode).toBe(401)
    await ended
    expect(server.process.exitCode).toBe(0)
    await server.stop()
  })
})
