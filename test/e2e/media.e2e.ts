import { execFileSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { toneTimes } from '#test/support/flash-and-tone.ts'
import { startServer } from '#test/support/server.ts'
import { call } from './support/accounts.ts'
import { gatherCrew } from './support/crew.ts'
import type { Crew } from './support/crew.ts'
import { moves, until } from './support/room.ts'

// Meetings of real browsers with fake devices, recorded and streamed through the real SFU.

interface Recording {
  readonly recording_id: string
  readonly status: string
  readonly file_id: string | null
  readonly duration: number | null
  readonly error: string | null
}

let crew: Crew
let folder: string
const [HOST, GUEST] = [0, 1] as const
const PATIENT = { timeout: 240_000 }
/** Films are made with what the processor has left, and the machine may be busy. */
const MADE_MS = 150_000

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-media-e2e-'))
  crew = await gatherCrew(2)
})
afterAll(async () => {
  await crew?.close()
  await rm(folder, { recursive: true, force: true })
})
afterEach(() => crew.disperse())

const ask = <T>(method: string, path: string, body?: object): Promise<T> =>
  call<T>(crew.server.url, method, `/api/v1/${path}`, body, crew.person(HOST).tokens.access_token)
const see = (id: string): Promise<Recording> => ask<Recording>('GET', `recording/${id}`)

/** Two people who see each other. */
async function meeting(): Promise<number> {
  const meeting_id = await crew.gathered(2)
  await moves(crew.page(HOST), crew.person(GUEST).userId)
  await moves(crew.page(GUEST), crew.person(HOST).userId)
  return meeting_id
}

/** How much of each of the first tracks is on disk. */
async function written(id: string, tracks: number): Promise<number> {
  const sizes = Array.from({ length: tracks }, async (_none, n) => {
    const path = join(crew.server.dataDir, 'media', 'recordings', id, `${n + 1}.mkv`)
    return (await stat(path).catch(() => ({ size: 0 }))).size
  })
  return Math.min(...(await Promise.all(sizes)))
}

async function download(address: string, name: string): Promise<string> {
  const path = join(folder, name)
  const headers = { authorization: `Bearer ${crew.person(HOST).tokens.access_token}` }
  const answer = await fetch(`${crew.server.url}${address}`, { headers })
  expect(answer.status).toBe(200)
  await pipeline(Readable.fromWeb(answer.body as ReadableStream), createWriteStream(path))
  return path
}

/** Codecs and size, as ffprobe sees them. */
function streamsIn(path: string): string[] {
  const out = execFileSync('ffprobe', ['-v', 'error', '-of', 'json', '-show_streams', path]).toString()
  const { streams } = JSON.parse(out) as { streams: { codec_name: string; width?: number; height?: number }[] }
  return streams
    .map((one) => (one.width === undefined ? one.codec_name : `${one.codec_name} ${one.width}x${one.height}`))
    .toSorted()
}

/** How bright (0 to 255, on the average) a part of the picture is in its brightest moment. */
function brightness(path: string, crop: string): number {
  const args = ['-v', 'error', '-i', path, '-an', '-vf', `crop=${crop},scale=1:1`]
  return Math.max(...execFileSync('ffmpeg', [...args, '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1']))
}

test('a meeting is recorded and streamed: both people are to be seen and heard', PATIENT, async () => {
  const meeting_id = await meeting()
  const { recording_id } = await ask<Recording>('POST', 'recording/start', { meeting_id, quality: 'low' })
  const stream = { meeting_id, stream_type: 'hls', quality: 'low' }
  const { stream_id, hls_url } = await ask<{ stream_id: string; hls_url: string }>('POST', 'streaming/start', stream)
  await until(
    () => written(recording_id, 4),
    (size) => size > 20_000,
    30_000,
  )
  const playlist = async (): Promise<string> => {
    const answer = await fetch(`${crew.server.url}${hls_url}`)
    return answer.ok ? await answer.text() : ''
  }
  const text = await until(playlist, (found) => found.split('.ts').length > 3, 40_000)
  const part = text.split('\n').findLast((line) => line.endsWith('.ts')) ?? ''
  const segment = await download(hls_url.replace('index.m3u8', part), 'segment.ts')
  expect(streamsIn(segment)).toEqual(['aac', 'h264 640x360'])
  const status = await ask<{ status: string; bitrate: number }>('GET', `streaming/${stream_id}/status`)
  expect(status.status).toBe('live')
  expect(status.bitrate).toBeGreaterThan(0)
  await ask('POST', 'streaming/stop', { stream_id })
  await ask('POST', 'recording/stop', { recording_id })
  const { file_id } = await until(
    () => see(recording_id),
    (found) => found.status !== 'recording' && found.status !== 'processing',
    MADE_MS,
  )
  const film = await download(`/api/v1/media/download/${file_id}`, 'film.mp4')
  expect(streamsIn(film)).toEqual(['aac', 'h264 640x360'])
  // Both halves show a fake camera, which is far brighter than what is behind it.
  for (const half of ['200:200:60:80', '200:200:380:80']) expect(brightness(film, half)).toBeGreaterThan(60)
  expect(toneTimes(film).length).toBeGreaterThan(1)
})

test(
  'a server killed in the middle of a recording: what was recorded until then is the recording',
  PATIENT,
  async () => {
    const meeting_id = await meeting()
    const { recording_id } = await ask<Recording>('POST', 'recording/start', { meeting_id, quality: 'low' })
    await until(
      () => written(recording_id, 4),
      (size) => size > 0,
      30_000,
    )
    const began = Date.now()
    const first = await written(recording_id, 4)
    await until(
      () => written(recording_id, 4),
      (size) => size > first + 40_000,
      30_000,
    )
    const { port, dataDir } = crew.server
    const seconds = (Date.now() - began) / 1000
    await crew.server.kill('SIGKILL')
    crew.server = await startServer({ port, dataDir })
    const { status, duration, error } = await until(
      () => see(recording_id),
      (found) => found.status !== 'recording' && found.status !== 'processing',
      MADE_MS,
    )
    expect({ status, error }).toEqual({ status: 'completed', error: null })
    expect(duration).toBeGreaterThan(seconds - 1)
  },
)
