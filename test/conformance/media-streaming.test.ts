import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Events } from '#contracts/events.ts'
import type { Streams } from '#domains/media/streaming/streams.ts'
import { createBus } from '#kernel/bus/bus.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import { silentLog } from '#kernel/log.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { flashTimes, toneTimes } from '#test/support/flash-and-tone.ts'
import { newMeeting } from '#test/support/recorder.ts'
import { createRtmpServer } from '#test/support/rtmp-server.ts'
import { createSendingEngine } from '#test/support/sending-engine.ts'
import type { SendingEngine } from '#test/support/sending-engine.ts'
import { startStreamer } from '#test/support/streamer.ts'

/** Live streams from plain RTP to what a viewer gets: HLS, and RTMP through node-media-server. */
const run = promisify(execFile)
let folder: string
let db: TestDatabase
let bus: Bus<Events>
let room: SendingEngine
let streams: Streams
let meetingId: number
let accountId: number
const announced: { status: string }[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-streaming-'))
  db = await createTestDatabase()
})
beforeEach(async () => {
  ;({ accountId, meetingId } = await newMeeting(db))
  bus = await createBus<Events>({ log: silentLog })
  room = createSendingEngine(() => meetingId)
  announced.length = 0
  streams = startStreams()
  await streams.begin()
})
afterEach(async () => {
  await streams.close()
  await room.close()
  await bus.close()
})
afterAll(async () => {
  await db.close()
  await rm(folder, { recursive: true, force: true })
})

const startStreams = (): Streams =>
  startStreamer({
    db,
    bus,
    engine: room.engine,
    folder: join(folder, 'streams'),
    meetingId,
    announce: (state) => void announced.push(state),
  })

const status = async (id: string): Promise<string> => (await streams.see(accountId, id)).status
const becomes = (id: string, what: string): Promise<void> =>
  expect.poll(() => status(id), { timeout: 40_000 }).toBe(what)

test(
  'HLS: what is sent can be watched, while people come and go, until it is stopped',
  { timeout: 150_000 },
  async () => {
    room.publish('audio-1', accountId)
    room.publish('video-1', accountId)
    const { id } = await streams.start(accountId, { meetingId, type: 'hls', quality: 'low' })
    await expect(streams.start(accountId, { meetingId, type: 'hls' })).rejects.toMatchObject({
      code: 'media.already-streaming',
    })
    await becomes(id, 'live')
    await segments(id, 3)
    room.publish('video-2', accountId + 1)
    room.unpublish('video-1')
    await segments(id, 5)
    const measured = await streams.see(accountId, id)
    expect(measured.bitrate).toBeGreaterThan(10_000)
    expect(measured.frameRate).toBeGreaterThan(1)
    // The process that composes is killed (ours, not that of another test): another one goes on.
    const pids = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'workers/compositor/worker.ts'])
      .toString()
      .trim()
      .split('\n')
    for (const pid of pids) process.kill(Number(pid), 'SIGKILL')
    await becomes(id, 'reconnecting')
    await becomes(id, 'live')
    await segments(id, 7)
    const stopped = await streams.stop(accountId, id)
    expect(stopped).toMatchObject({ status: 'ended', error: null })
    expect(stopped.reconnects).toBeGreaterThan(0)
    expect(announced.map((one) => one.status)).toEqual(['starting', 'live', 'reconnecting', 'live', 'ended'])
    const playlist = await readFile(join(folder, 'streams', id, 'index.m3u8'), 'utf8')
    expect(playlist).toContain('#EXT-X-ENDLIST')
    const film = await joined(id)
    expect(await streamsIn(film)).toEqual(['aac', 'h264 640x360'])
    const [flashes, tones] = [flashTimes(film), toneTimes(film)]
    expect(flashes.length).toBeGreaterThan(1)
    expect(tones.length).toBeGreaterThan(1)
    const { size, content } = await streams.read(id, 'index.m3u8')
    content.destroy()
    expect(size).toBe(playlist.length)
  },
)

test('RTMP: a server that is killed and comes back is connected to anew', { timeout: 150_000 }, async () => {
  const server = await createRtmpServer()
  await server.start()
  try {
    room.publish('audio-1', accountId)
    room.publish('video-1', accountId)
    const url = `rtmp://127.0.0.1:${server.port}/live/secret-key`
    const { id, rtmpTarget } = await streams.start(accountId, { meetingId, type: 'rtmp', url, quality: 'low' })
    expect(rtmpTarget).toBe(`rtmp://127.0.0.1:${server.port}/live`)
    await becomes(id, 'live')
    expect(await watch(url)).toEqual(['aac', 'h264 640x360'])
    await server.kill()
    await becomes(id, 'reconnecting')
    await expect
      .poll(async () => (await streams.see(accountId, id)).error, { timeout: 20_000 })
      .toMatch(/listens|closed/)
    await server.start()
    await becomes(id, 'live')
    expect(await watch(url)).toEqual(['aac', 'h264 640x360'])
    const { bitrate, reconnects } = await streams.see(accountId, id)
    expect(bitrate).toBeGreaterThan(10_000)
    expect(reconnects).toBeGreaterThan(0)
    bus.publish('meetings.meeting.ended', { meetingId })
    await becomes(id, 'ended')
  } finally {
    await server.close()
  }
})

test('a stream that a killed server left is ended by the next one', async () => {
  await db.query(
    `INSERT INTO streams (id, meeting_id, account_id, type, status, layout, quality, node)
     VALUES ('left', $1, $2, 'hls', 'live', 'grid', 'low', 'test')`,
    [meetingId, accountId],
  )
  const next = startStreams()
  await next.begin()
  expect(await next.see(accountId, 'left')).toMatchObject({ status: 'ended', error: 'The server was started anew' })
  await next.close()
})

test('nothing is left running', () => {
  expect(() => execFileSync('pgrep', ['-f', `${folder}/streams`])).toThrow()
})

/** Looks until so many segments were begun. */
async function segments(id: string, count: number): Promise<void> {
  const newest = async (): Promise<number> => {
    const names = await readdir(join(folder, 'streams', id)).catch(() => [])
    return Math.max(-1, ...names.filter((name) => name.endsWith('.ts')).map((name) => Number.parseInt(name, 10)))
  }
  await expect.poll(newest, { timeout: 60_000 }).toBeGreaterThanOrEqual(count)
}

/** The segments that are still there as one file. */
async function joined(id: string): Promise<string> {
  const from = join(folder, 'streams', id)
  const names = (await readdir(from)).filter((name) => name.endsWith('.ts'))
  const inOrder = names.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
  const parts = await Promise.all(inOrder.map((name) => readFile(join(from, name))))
  const path = join(folder, 'joined.ts')
  await writeFile(path, Buffer.concat(parts))
  expect((await stat(path)).size).toBeGreaterThan(50_000)
  return path
}

async function streamsIn(path: string): Promise<string[]> {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-of', 'json', '-show_streams', path], { timeout: 30_000 })
  const { streams: found } = JSON.parse(stdout) as {
    streams: { codec_name: string; width?: number; height?: number }[]
  }
  const all = found.map((one) =>
    one.width === undefined ? one.codec_name : `${one.codec_name} ${one.width}x${one.height}`,
  )
  return [...new Set(all)].toSorted()
}

/** What a viewer of the RTMP server gets. */
const watch = (url: string): Promise<string[]> => streamsIn(url)
