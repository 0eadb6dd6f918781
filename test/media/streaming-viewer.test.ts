import { execFile } from 'node:child_process'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, expect, test, vi } from 'vitest'
import { flashTimes, toneTimes } from '#test/support/flash-and-tone.ts'
import { createRtmpServer } from '#test/support/rtmp-server.ts'
import { useStreamedMeeting } from '#test/support/streamed-meeting.ts'
import { makeCertificate, startTlsFront } from '#test/support/tls-front.ts'

/** What a viewer of a live stream sees and hears at the same moment, and pushes through TLS. */
const run = promisify(execFile)
const live = useStreamedMeeting()

beforeEach(() => {
  live.room.publish('audio-1', live.accountId)
  live.room.publish('video-1', live.accountId)
})

test('sound and picture come to the viewer within 80 ms of each other', { timeout: 90_000 }, async () => {
  const { id } = await live.streams.start(live.accountId, { meetingId: live.meetingId, type: 'hls', quality: 'low' })
  await live.becomes(id, 'live')
  const from = join(live.folder, 'streams', id)
  const segments = async (): Promise<string[]> =>
    (await readdir(from))
      .filter((name) => name.endsWith('.ts'))
      .toSorted((a, b) => Number.parseInt(a) - Number.parseInt(b))
  await expect.poll(async () => (await segments()).length, { timeout: 60_000 }).toBeGreaterThan(8)
  await live.streams.stop(live.accountId, id)
  const path = join(live.folder, 'live.ts')
  await writeFile(path, Buffer.concat(await Promise.all((await segments()).map((name) => readFile(join(from, name))))))
  const [picture, sound] = [await startOf(path, 'v'), await startOf(path, 'a')]
  const first = Math.min(picture, sound)
  // Pictures are told by their time, which counts from the first of both; sound by its samples.
  const flashes = flashTimes(path)
  const tones = toneTimes(path).map((time) => time + sound - first)
  const apart = flashes.map((flash) => Math.min(...tones.map((tone) => Math.abs(tone - flash))))
  // The first and the last may be cut off by the ends of the stream.
  const pairs = apart.filter((seconds) => seconds < 0.9).toSorted((a, b) => a - b)
  expect(pairs.length, `flashes ${flashes.join()}, tones ${tones.join()}`).toBeGreaterThan(2)
  expect(pairs[Math.floor(pairs.length / 2)]).toBeLessThan(0.08)
})

test('RTMP in TLS: pushed to whom the certificate names, and to nobody else', { timeout: 150_000 }, async () => {
  const server = await createRtmpServer()
  await server.start()
  const [known, strange] = [await makeCertificate(['IP:127.0.0.1']), await makeCertificate(['IP:127.0.0.1'])]
  const [front, other] = [await startTlsFront(server.port, known), await startTlsFront(server.port, strange)]
  const trusted = join(live.folder, 'trusted.pem')
  await writeFile(trusted, known.cert)
  vi.stubEnv('NODE_EXTRA_CA_CERTS', trusted)
  try {
    const push = (address: string, key: string) =>
      live.streams.start(live.accountId, {
        meetingId: live.meetingId,
        type: 'rtmp',
        url: `rtmps://${address}/live/${key}`,
        quality: 'low',
      })
    const { id, rtmpTarget } = await push(front.address, 'secret')
    expect(rtmpTarget).toBe(`rtmps://${front.address}/live`)
    await live.becomes(id, 'live')
    const watched = (): Promise<string[]> => codecsOf(`rtmp://127.0.0.1:${server.port}/live/secret`)
    await expect.poll(watched, { timeout: 40_000 }).toEqual(['aac', 'h264'])
    await expect.poll(async () => (await live.streams.see(live.accountId, id)).bitrate).toBeGreaterThan(0)
    await live.streams.stop(live.accountId, id)
    const refused = await push(other.address, 'other')
    await expect
      .poll(async () => (await live.streams.see(live.accountId, refused.id)).error, { timeout: 30_000 })
      .toMatch(/certificate/)
    expect((await live.streams.stop(live.accountId, refused.id)).bitrate).toBe(0)
  } finally {
    await Promise.all([front.stop(), other.stop()])
    await server.close()
  }
})

async function probe(args: readonly string[]): Promise<string[]> {
  // Not synchronously: what it asks may be answered by this process.
  const { stdout } = await run('ffprobe', ['-v', 'error', '-of', 'csv=p=0', ...args], { timeout: 30_000 })
  const words = stdout.split(/[,\s]+/).filter((word) => word !== '')
  return [...new Set(words)].toSorted()
}

/** When a stream of a file begins, in seconds. */
async function startOf(path: string, stream: 'a' | 'v'): Promise<number> {
  return Number((await probe(['-select_streams', stream, '-show_entries', 'stream=start_time', path]))[0])
}

const codecsOf = (url: string): Promise<string[]> => probe(['-show_entries', 'stream=codec_name', url])
