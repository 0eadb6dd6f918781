import { execFile, execFileSync } from 'node:child_process'
import { readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { flashTimes, toneTimes } from '#test/support/flash-and-tone.ts'
import { createRtmpServer } from '#test/support/rtmp-server.ts'
import { useStreamedMeeting } from '#test/support/streamed-meeting.ts'

/** Live streams from plain RTP to what a viewer gets: HLS, and RTMP through node-media-server. */
const run = promisify(execFile)
const live = useStreamedMeeting()

test(
  'HLS: what is sent can be watched, while people come and go, until it is stopped',
  { timeout: 240_000 },
  async () => {
    live.room.publish('audio-1', live.accountId)
    live.room.publish('video-1', live.accountId)
    const { id } = await live.streams.start(live.accountId, { meetingId: live.meetingId, type: 'hls', quality: 'low' })
    await expect(live.streams.start(live.accountId, { meetingId: live.meetingId, type: 'hls' })).rejects.toMatchObject({
      code: 'media.already-streaming',
    })
    await live.becomes(id, 'live')
    await segments(id, 3)
    live.room.publish('video-2', live.accountId + 1)
    live.room.unpublish('video-1')
    await segments(id, 5)
    await expect.poll(async () => (await live.streams.see(live.accountId, id)).bitrate).toBeGreaterThan(10_000)
    await expect.poll(async () => (await live.streams.see(live.accountId, id)).frameRate).toBeGreaterThan(1)
    // The process that composes is killed (ours, not that of another test): another one goes on.
    const pids = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'workers/compositor/worker.ts'])
      .toString()
      .trim()
      .split('\n')
    for (const pid of pids) process.kill(Number(pid), 'SIGKILL')
    await live.becomes(id, 'reconnecting')
    await live.becomes(id, 'live')
    await segments(id, 7)
    const stopped = await live.streams.stop(live.accountId, id)
    expect(stopped).toMatchObject({ status: 'ended', error: null })
    expect(stopped.reconnects).toBeGreaterThan(0)
    expect(live.announced.map((one) => one.status)).toEqual(['starting', 'live', 'reconnecting', 'live', 'ended'])
    const playlist = await readFile(join(live.folder, 'streams', id, 'index.m3u8'), 'utf8')
    expect(playlist).toContain('#EXT-X-ENDLIST')
    const film = await joined(id)
    expect(await streamsIn(film)).toEqual(['aac', 'h264 640x360'])
    const [flashes, tones] = [flashTimes(film), toneTimes(film)]
    expect(flashes.length).toBeGreaterThan(1)
    expect(tones.length).toBeGreaterThan(1)
    const { size, content } = await live.streams.read(id, 'index.m3u8')
    content.destroy()
    expect(size).toBe(playlist.length)
  },
)

test('RTMP: a server that is killed and comes back is connected to anew', { timeout: 240_000 }, async () => {
  const server = await createRtmpServer()
  await server.start()
  try {
    live.room.publish('audio-1', live.accountId)
    live.room.publish('video-1', live.accountId)
    const url = `rtmp://127.0.0.1:${server.port}/live/secret-key`
    const { id, rtmpTarget } = await live.streams.start(live.accountId, {
      meetingId: live.meetingId,
      type: 'rtmp',
      url,
      quality: 'low',
    })
    expect(rtmpTarget).toBe(`rtmp://127.0.0.1:${server.port}/live`)
    await live.becomes(id, 'live')
    await expect.poll(() => watch(url), { timeout: 40_000 }).toEqual(['aac', 'h264 640x360'])
    await server.kill()
    await live.becomes(id, 'reconnecting')
    await expect
      .poll(async () => (await live.streams.see(live.accountId, id)).error, { timeout: 20_000 })
      .toMatch(/listens|closed/)
    await server.start()
    await live.becomes(id, 'live')
    await expect.poll(() => watch(url), { timeout: 40_000 }).toEqual(['aac', 'h264 640x360'])
    await expect.poll(async () => (await live.streams.see(live.accountId, id)).bitrate).toBeGreaterThan(10_000)
    expect((await live.streams.see(live.accountId, id)).reconnects).toBeGreaterThan(0)
    live.bus.publish('meetings.meeting.ended', { meetingId: live.meetingId })
    await live.becomes(id, 'ended')
  } finally {
    await server.close()
  }
})

test('a stream that a killed server left is ended by the next one', async () => {
  await live.db.query(
    `INSERT INTO streams (id, meeting_id, account_id, type, status, layout, quality, node)
     VALUES ('left', $1, $2, 'hls', 'live', 'grid', 'low', 'test')`,
    [live.meetingId, live.accountId],
  )
  const next = live.restart()
  await next.begin()
  expect(await next.see(live.accountId, 'left')).toMatchObject({
    status: 'ended',
    error: 'The server was started anew',
  })
  await next.close()
})

test('nothing is left running', () => {
  expect(() => execFileSync('pgrep', ['-f', `${live.folder}/streams`])).toThrow()
})

/** Looks until so many segments were begun. */
async function segments(id: string, count: number): Promise<void> {
  const newest = async (): Promise<number> => {
    const names = await readdir(join(live.folder, 'streams', id)).catch(() => [])
    return Math.max(-1, ...names.filter((name) => name.endsWith('.ts')).map((name) => Number.parseInt(name, 10)))
  }
  await expect.poll(newest, { timeout: 60_000 }).toBeGreaterThanOrEqual(count)
}

/** The segments that are still there as one file. */
async function joined(id: string): Promise<string> {
  const from = join(live.folder, 'streams', id)
  const names = (await readdir(from)).filter((name) => name.endsWith('.ts'))
  const inOrder = names.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
  const parts = await Promise.all(inOrder.map((name) => readFile(join(from, name))))
  const path = join(live.folder, 'joined.ts')
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
