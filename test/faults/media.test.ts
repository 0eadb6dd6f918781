import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { wavHeader } from '#kernel/wav.ts'

/** A disk that gets full, a small one of our own: uploads and recordings fail with the reason, and nothing that is stored is harmed. */
const MIB = 1024 * 1024
/** What the server leaves free for the database is 128 MiB of it. */
const DISK_MIB = 180
let dataDir: string
let media: string
let server: RunningServer | undefined
let token = ''
let isSmall = false

// Each try has a disk of its own.
beforeEach(async () => {
  token = ''
  dataDir = mkdtempSync(join(tmpdir(), 'confab-full-'))
  media = join(dataDir, 'media')
  mkdirSync(media)
  isSmall = mounted()
  if (!isSmall) return
  server = await startServer({ dataDir })
  const somebody = { username: 'host', email: 'host@example.com', password: 'password123' }
  await post('auth/register', somebody)
  token = (await post('auth/login', somebody)).data['token'] as string
})
afterEach(async () => {
  await server?.kill('SIGTERM')
  if (isSmall) execFileSync('umount', [media])
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

/** Root alone may mount, and not in every container. */
function mounted(): boolean {
  if (process.getuid?.() !== 0) return false
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', media], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

interface Answer {
  readonly status: number
  readonly code: number
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
}

async function ask(method: string, path: string, body?: string | FormData): Promise<Answer> {
  const type = typeof body === 'string' ? { 'content-type': 'application/json' } : undefined
  const answer = await fetch(`${server?.url}/api/v1/${path}`, {
    method,
    headers: { ...type, ...(token && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(60_000),
  })
  return { ...((await answer.json()) as Omit<Answer, 'status'>), status: answer.status }
}
const post = (path: string, body: object): Promise<Answer> => ask('POST', path, JSON.stringify(body))

async function upload(name: string, bytes: Buffer): Promise<Answer> {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(bytes)]), name)
  return await ask('POST', 'media/upload', form)
}

/** A sound that is what it says, of about so many bytes. */
function sound(bytes: number): Buffer {
  return Buffer.concat([wavHeader(bytes / 2, 48_000), Buffer.alloc(bytes, 7)])
}

const free = (): number => {
  const { bavail, bsize } = statfsSync(media)
  return bavail * bsize
}

/** Fills the disk until only so much is free. */
function fill(path: string, leave: number): void {
  const chunk = Buffer.alloc(MIB, 1)
  const file = openSync(path, 'w')
  for (let left = free() - leave; left >= MIB; left -= MIB) writeSync(file, chunk)
  closeSync(file)
}

test('uploads and recordings on a full disk', { timeout: 180_000 }, async ({ skip }) => {
  if (!isSmall) return skip('no small disk can be mounted here: it takes root')
  const kept = await upload('會議.wav', sound(2 * MIB))
  expect(kept.status).toBe(201)
  const download = async (): Promise<Buffer> => {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(`${server?.url}${String(kept.data['file_url'])}`, { headers })
    expect(answer.status).toBe(200)
    return Buffer.from(await answer.arrayBuffer())
  }
  const times = { start_time: '2030-01-01T10:00:00Z', end_time: '2030-01-01T11:00:00Z' }
  const { meeting_id } = (await post('meetings', { title: '週會', ...times })).data
  const running = await post('recording/start', { meeting_id })
  expect(running.status).toBe(200)
  const recording = `recording/${String(running.data['recording_id'])}`

  // It gets full while an upload is on its way, and while a meeting is recorded.
  const large = await upload('large.wav', sound(100 * MIB))
  expect([large.status, large.code, large.message]).toEqual([400, 3001, '上传失败: 服务器磁盘空间不足'])
  const filler = join(media, 'filler')
  fill(filler, 8 * MIB)
  const refused = await upload('small.wav', sound(MIB))
  expect([refused.status, refused.code]).toEqual([400, 3001])
  await expect
    .poll(async () => (await ask('GET', recording)).data, { timeout: 40_000 })
    .toMatchObject({ status: 'failed', error: expect.stringMatching(/disk/) as unknown })
  const again = await post('recording/start', { meeting_id })
  expect([again.status, again.message]).toEqual([503, '服务不可用: 服务器磁盘空间不足'])

  // What was there is there, nothing half written was left, and with room everything goes on.
  expect((await download()).equals(sound(2 * MIB))).toBe(true)
  expect((await ask('GET', 'media/usage')).data).toMatchObject({ files: 1 })
  expect((await ask('DELETE', recording)).status).toBe(200)
  rmSync(filler)
  expect((await upload('small.wav', sound(MIB))).status).toBe(201)
  await expect.poll(free).toBeGreaterThan((DISK_MIB - 8) * MIB)
})
