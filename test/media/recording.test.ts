import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { flashTimes, toneTimes } from '#test/support/flash-and-tone.ts'
import { newMeeting, startRecorder } from '#test/support/recorder.ts'
import { createSendingEngine } from '#test/support/sending-engine.ts'
import type { SendingEngine } from '#test/support/sending-engine.ts'

/** Recording from plain RTP to one file, with a real sender (ffmpeg) where the SFU's egress would be. */
let folder: string
let db: TestDatabase
let meetingId: number
let accountId: number
let room: SendingEngine
type Recorder = Awaited<ReturnType<typeof startRecorder>>
const begin = (emptyMs = 60_000): Promise<Recorder> => startRecorder({ db, folder, engine: room.engine, emptyMs })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-recording-'))
  db = await createTestDatabase()
})
beforeEach(async () => {
  ;({ accountId, meetingId } = await newMeeting(db))
  room = createSendingEngine(() => meetingId)
})
afterEach(() => room.close())
afterAll(async () => {
  await db.close()
  await rm(folder, { recursive: true, force: true })
})

/** Looks until the tracks have `bytes` on disk: time passes by what is written, not by waiting. */
async function written(recordingId: string, numbers: readonly number[], bytes: number): Promise<void> {
  for (const number of numbers) {
    const path = join(folder, 'recordings', recordingId, `${number}.mkv`)
    await expect
      .poll(async () => (await stat(path).catch(() => ({ size: 0 }))).size, { timeout: 40_000 })
      .toBeGreaterThan(bytes)
  }
}

async function statusOf({ recordings }: Recorder, id: string): Promise<void> {
  await expect.poll(async () => (await recordings.see(accountId, id)).status, { timeout: 250_000 }).toBe('completed')
}

async function filmOf({ recordings, library, storage }: Recorder, id: string) {
  const { fileId } = await recordings.see(accountId, id)
  const file = await library.see(accountId, fileId ?? '')
  return { file, path: storage.pathOf(file.storageKey) }
}

test('makes one file of all tracks, and each voice on its own', { timeout: 300_000 }, async () => {
  const recorder = await begin()
  const { recordings, library } = recorder
  room.publish('audio-1', accountId)
  room.publish('video-1', accountId)
  const { recordingId } = await recordings.port.start({ meetingId, accountId, wishes: { quality: 'low' } })
  await expect(recordings.port.start({ meetingId, accountId })).rejects.toMatchObject({
    code: 'media.already-recording',
  })
  await written(recordingId, [1, 2], 30_000)
  room.publish('screen-1', accountId)
  await written(recordingId, [3], 15_000)
  await recordings.port.stop({ meetingId, accountId })
  expect(recorder.announced).toMatchObject([{ recording: true }, { recording: false }])
  await statusOf(recorder, recordingId)
  const { file, path } = await filmOf(recorder, recordingId)
  expect(file).toMatchObject({ kind: 'video', mime: 'video/mp4', width: 640, height: 360, meetingId })
  expect(file.info?.streams.map(({ codec }) => codec).toSorted()).toEqual(['aac', 'h264'])
  expect(flashTimes(path).length).toBeGreaterThan(1)
  expect(toneTimes(path).length).toBeGreaterThan(1)
  const [voice] = await recordings.tracks(recordingId)
  expect(await library.see(accountId, voice?.fileId ?? '')).toMatchObject({ kind: 'audio', mime: 'audio/ogg' })
  await recordings.remove(accountId, recordingId)
  await expect(library.see(accountId, file.id)).rejects.toMatchObject({ code: 'media.missing' })
  await recorder.stop()
})

test('who is muted until the end is in the film until the end', { timeout: 300_000 }, async () => {
  const recorder = await begin()
  room.publish('audio-1', accountId)
  const { recordingId } = await recorder.recordings.port.start({ meetingId, accountId, wishes: { quality: 'low' } })
  await written(recordingId, [1], 15_000)
  room.mute('audio-1')
  const muted = Date.now()
  await expect.poll(() => Date.now() - muted, { timeout: 10_000, interval: 500 }).toBeGreaterThan(3_000)
  const { startedAt } = await recorder.recordings.see(accountId, recordingId)
  await recorder.recordings.port.stop({ meetingId, accountId })
  await killCompositor()
  // It is made once more, and nobody is told meanwhile that it failed.
  const seen = new Set<string>()
  const look = async (): Promise<string> => {
    const { status } = await recorder.recordings.see(accountId, recordingId)
    seen.add(status)
    return status
  }
  await expect.poll(look, { timeout: 250_000 }).toBe('completed')
  expect([...seen]).toEqual(['processing', 'completed'])
  const { path } = await filmOf(recorder, recordingId)
  // Sound and picture both; the first packet comes a moment after the start.
  for (const seconds of streamLengths(path)) expect(seconds).toBeGreaterThan((muted - startedAt.getTime()) / 1000 + 1)
  await recorder.stop()
})

test('what was written before a writer was killed is kept, and the track goes on', { timeout: 300_000 }, async () => {
  const recorder = await begin()
  room.publish('audio-1', accountId)
  const wishes = { format: 'webm', quality: 'low', layout: 'speaker' } as const
  const { recordingId } = await recorder.recordings.port.start({ meetingId, accountId, wishes })
  await written(recordingId, [1], 25_000)
  killWriters(recordingId)
  await written(recordingId, [2], 15_000)
  await recorder.recordings.port.stop({ meetingId, accountId })
  await statusOf(recorder, recordingId)
  const { file, path } = await filmOf(recorder, recordingId)
  expect(file.mime).toBe('video/webm')
  expect(file.info?.streams.map(({ codec }) => codec).toSorted()).toEqual(['opus', 'vp8'])
  const tracks = await recorder.recordings.tracks(recordingId)
  expect(tracks.filter((one) => one.fileId !== null)).toHaveLength(2)
  expect(toneTimes(path).length).toBeGreaterThan(1)
  await recorder.stop()
})

test('what was written before a kill of the server becomes the recording', { timeout: 300_000 }, async () => {
  const before = await begin()
  room.publish('audio-1', accountId)
  const wishes = { format: 'mkv', quality: 'low' } as const
  const { recordingId } = await before.recordings.port.start({ meetingId, accountId, wishes })
  await written(recordingId, [1], 25_000)
  // As after a kill: the writer is gone in the middle of a packet, nobody closed the file.
  killWriters(recordingId)
  await before.stop()
  room = createSendingEngine(() => meetingId)
  const after = await begin()
  await statusOf(after, recordingId)
  const { file } = await filmOf(after, recordingId)
  expect(file.info?.streams.map(({ codec }) => codec).toSorted()).toEqual(['aac', 'h264'])
  expect((await after.recordings.see(accountId, recordingId)).duration).toBeGreaterThan(2)
  await after.stop()
})

test(
  'a recording ends with its meeting, and by itself in a room that everybody left',
  { timeout: 150_000 },
  async () => {
    const recorder = await begin(300)
    const { recordings, bus } = recorder
    const first = await recordings.port.start({ meetingId, accountId })
    bus.publish('meetings.meeting.ended', { meetingId })
    await expect
      .poll(async () => (await recordings.see(accountId, first.recordingId)).status, { timeout: 60_000 })
      .not.toBe('recording')
    const second = await recordings.port.start({ meetingId, accountId })
    expect((await recordings.see(accountId, second.recordingId)).status).toBe('recording')
    room.closeRoom()
    await expect
      .poll(async () => (await recordings.see(accountId, second.recordingId)).status, { timeout: 60_000 })
      .not.toBe('recording')
    await recorder.stop()
  },
)

/** Kills the process of ours that composes, as soon as it is there. */
async function killCompositor(): Promise<void> {
  const find = (): number => {
    const { stdout } = spawnSync('pgrep', ['-P', String(process.pid), '-f', 'workers/compositor/worker.ts'])
    return Number(stdout.toString().trim())
  }
  await expect.poll(find, { timeout: 30_000, interval: 20 }).toBeGreaterThan(0)
  process.kill(find(), 'SIGKILL')
}

/** Seconds of each stream. */
function streamLengths(path: string): number[] {
  const out = execFileSync('ffprobe', ['-v', 'error', '-of', 'json', '-show_streams', path]).toString()
  return (JSON.parse(out) as { streams: { duration: string }[] }).streams.map(({ duration }) => Number(duration))
}

/** Ends the writers of a recording at once. */
function killWriters(recordingId: string): void {
  const pids = execFileSync('pgrep', ['-f', `${folder}/recordings/${recordingId}`])
  for (const pid of pids.toString().trim().split('\n')) process.kill(Number(pid), 'SIGKILL')
}

test('nothing is left running', () => {
  expect(() => execFileSync('pgrep', ['-f', `${folder}/recordings`])).toThrow()
})
