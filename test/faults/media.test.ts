import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import { as, newPerson } from '#test/support/accounts-v1.ts'
import type { Person } from '#test/support/accounts-v1.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { upload } from '#test/support/media.ts'

/** A disk that gets full, a small one of our own: uploads and recordings fail with the reason, and nothing that is stored is harmed. */
const MIB = 1024 * 1024
/** What the server leaves free for the database is 128 MiB of it. */
const DISK_MIB = 180
let dataDir: string
let media: string
let app: TestApp | undefined
let host: Person

function mounted(): boolean {
  if (process.getuid?.() !== 0) return false
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', media], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

let isSmall = false
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'confab-full-'))
  media = join(dataDir, 'media')
  await mkdir(media)
  isSmall = mounted()
  if (!isSmall) return
  app = await startTestApp({ env: { CONFAB_DATA_DIR: dataDir } })
  host = await newPerson(app)
})
afterAll(async () => {
  await app?.close()
  if (isSmall) execFileSync('umount', [media])
  rmSync(dataDir, { recursive: true, force: true })
})

/** A sound that is what it says, of about so many bytes. */
function sound(bytes: number): Buffer {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0).toString()
  header.writeUInt32LE(bytes + 36, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(48_000, 24)
  header.writeUInt32LE(96_000, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(bytes, 40)
  return Buffer.concat([header, Buffer.alloc(bytes, 7)])
}

/** Fills the disk until only so much is free. */
function fill(path: string, leave: number): void {
  const { bavail, bsize } = statfsSync(media)
  const chunk = Buffer.alloc(MIB, 1)
  const file = openSync(path, 'w')
  for (let left = bavail * bsize - leave; left >= MIB; left -= MIB) writeSync(file, chunk)
  closeSync(file)
}

test('uploads and recordings on a full disk', async ({ skip }) => {
  if (!isSmall || app === undefined) return skip('a small disk can be mounted by root alone')
  const kept = await upload(app, host.token, { name: '會議.wav', bytes: sound(2 * MIB) })
  expect(kept.status).toBe(201)
  const fileId = kept.body.data.file_id as string
  const before = await call(app, `GET /api/v1/media/download/${fileId}`, undefined, as(host))
  const times = { start_time: '2030-01-01T10:00:00Z', end_time: '2030-01-01T11:00:00Z' }
  const meeting = await call(app, 'POST /api/v1/meetings', { title: '週會', ...times }, as(host))
  const { meeting_id } = meeting.body.data
  const running = await call(app, 'POST /api/v1/recording/start', { meeting_id }, as(host))
  expect(running.status).toBe(200)

  // It gets full while an upload is on its way, and while a meeting is recorded.
  const large = await upload(app, host.token, { name: 'large.wav', bytes: sound(100 * MIB) })
  expect([large.status, large.body.code, large.body.message]).toEqual([400, 3001, '上传失败: 服务器磁盘空间不足'])
  const filler = join(media, 'filler')
  fill(filler, 8 * MIB)
  const refused = await upload(app, host.token, { name: 'small.wav', bytes: sound(MIB) })
  expect([refused.status, refused.body.code]).toEqual([400, 3001])
  const { recording_id } = running.body.data
  const see = async () => (await call(app!, `GET /api/v1/recording/${recording_id}`, undefined, as(host))).body.data
  await expect.poll(async () => (await see()).status, { timeout: 30_000 }).not.toBe('recording')
  await expect.poll(async () => (await see()).error, { timeout: 30_000 }).toMatch(/disk/)
  const again = await call(app, 'POST /api/v1/recording/start', { meeting_id }, as(host))
  expect([again.status, again.body.message]).toEqual([503, '服务不可用: 服务器磁盘空间不足'])

  // What was there is there, nothing half written was left, and with room everything goes on.
  const after = await call(app, `GET /api/v1/media/download/${fileId}`, undefined, as(host))
  expect([before.status, after.status]).toEqual([200, 200])
  const usage = await call(app, 'GET /api/v1/media/usage', undefined, as(host))
  expect(usage.body.data).toMatchObject({ files: 1 })
  expect((await call(app, `DELETE /api/v1/recording/${recording_id}`, undefined, as(host))).status).toBe(200)
  rmSync(filler)
  writeFileSync(join(dataDir, 'room'), '')
  expect((await upload(app, host.token, { name: 'small.wav', bytes: sound(MIB) })).status).toBe(201)
  const { bavail, bsize } = statfsSync(media)
  expect(bavail * bsize).toBeGreaterThan((DISK_MIB - 8) * MIB)
})
