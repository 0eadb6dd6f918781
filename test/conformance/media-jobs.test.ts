import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import { as, expectFailure, newPerson } from '#test/support/accounts-v1.ts'
import type { Person } from '#test/support/accounts-v1.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { makeFilm, upload } from '#test/support/media.ts'

/** Document 5, FFmpeg service and `media/process`, with the real ffmpeg. */
let app: TestApp
let folder: string
let owner: Person
let film: string
let silent: string
let sound: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-jobs-'))
  app = await startTestApp()
  owner = await newPerson(app)
  const keep = async (name: string, bytes: Buffer): Promise<string> =>
    (await upload(app, owner.token, { name, bytes })).body.data.file_id
  film = await keep('週會.mp4', makeFilm(folder, 'film.mp4', { seconds: 2 }))
  silent = await keep('silent.webm', makeFilm(folder, 'silent.webm', { extra: ['-an'] }))
  sound = await keep('sound.mp3', makeFilm(folder, 'sound.mp3'))
})
afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true, force: true })
})

const post = (path: string, body: object, who = owner) => call(app, `POST /api/v1/${path}`, body, as(who))
const status = async (id: string) =>
  (await call(app, `GET /api/v1/ffmpeg/job/${id}/status`, undefined, as(owner))).body.data
const info = async (id: string) => (await call(app, `GET /api/v1/media/info/${id}`, undefined, as(owner))).body.data

/** Submits and waits for the end. */
async function done(path: string, body: object) {
  const answer = await post(path, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  expect(answer.body.data).toMatchObject({ status: expect.stringMatching(/queued|processing/), output_file_id: null })
  const id = answer.body.data.job_id
  await expect.poll(async () => (await status(id)).status, { timeout: 50_000 }).toMatch(/completed|failed/)
  const job = await status(id)
  expect(job).toMatchObject({ status: 'completed', progress: 100, error: null })
  expect(job.source_names).toHaveLength(job.source_ids.length)
  return job
}

describe('conversions', () => {
  test('transcode makes what was asked for, linked to its source', async () => {
    const job = await done('ffmpeg/transcode', {
      file_id: film,
      output_format: 'webm',
      video_codec: 'vp8',
      resolution: '80x80',
      frame_rate: 10,
      bitrate: '200k',
    })
    const made = await info(job.output_file_id)
    expect(made).toMatchObject({ file_name: '週會.webm', file_type: 'video', mime_type: 'video/webm', source_id: film })
    expect(made.media_info.streams).toMatchObject([
      { kind: 'video', codec: 'vp8', width: 80, height: 60, frame_rate: 10 },
      { kind: 'audio', codec: 'opus' },
    ])
    expect(made.duration).toBeCloseTo(2, 0)
  })

  test('extract-audio and extract-video', async () => {
    const audio = await info((await done('ffmpeg/extract-audio', { file_id: film })).output_file_id)
    expect(audio).toMatchObject({ file_name: '週會.mp3', file_type: 'audio', mime_type: 'audio/mpeg' })
    const video = await info((await done('ffmpeg/extract-video', { file_id: film })).output_file_id)
    expect(video.media_info.streams).toMatchObject([{ kind: 'video', codec: 'h264' }])
    expect(video.media_info.streams).toHaveLength(1)
  })

  test('merge puts films of different kinds after each other, and fades through black', async () => {
    const job = await done('ffmpeg/merge', { file_ids: [film, silent, film], transition: 'fade' })
    const made = await info(job.output_file_id)
    expect(made).toMatchObject({ file_name: '週會-merged.mp4', width: 160, height: 120 })
    expect(made.duration).toBeCloseTo(5, 0)
    // At the end of the first film it is dark, in its middle it is not.
    expect(await brightness(job.output_file_id, 1)).toBeGreaterThan(60)
    expect(await brightness(job.output_file_id, 1.96)).toBeLessThan(40)
  })

  test('thumbnail', async () => {
    const job = await done('ffmpeg/thumbnail', { file_id: film, timestamp: 1.5, width: 64, format: 'png' })
    expect(await info(job.output_file_id)).toMatchObject({ file_type: 'image', mime_type: 'image/png', width: 64 })
  })

  test('process does several things in one job', async () => {
    const operations = ['extract_audio', 'generate_thumbnail', 'compress']
    const job = await done('media/process', { file_id: film, operations, quality: 'low' })
    const kinds = await Promise.all(job.output_file_ids.map(async (id: string) => (await info(id)).file_type))
    expect(kinds).toEqual(['audio', 'image', 'video'])
  })
})

describe('what cannot be', () => {
  test.each([
    ['ffmpeg/transcode', { output_format: 'webm', video_codec: 'h264' }, /webm 不支持 h264，可用: vp9, vp8, av1/],
    ['ffmpeg/transcode', { output_format: 'mov', audio_codec: 'opus' }, /mov 不支持 opus，可用: aac, mp3/],
    ['ffmpeg/transcode', { output_format: 'avi' }, /output_format/],
    ['ffmpeg/transcode', { output_format: 'mp4', resolution: '9999x10' }, /resolution/],
    ['ffmpeg/transcode', { output_format: 'mp4', preset: '; rm -rf /' }, /preset/],
    ['ffmpeg/thumbnail', { timestamp: 60 }, /timestamp 超出/],
    ['media/process', { operations: ['convert_format'] }, /output_format/],
    ['media/process', { operations: [] }, /operations/],
  ])('%s %j is refused at once', async (path, body, message) => {
    expectFailure(await post(path, { file_id: film, ...body }), 400, 400, expect.stringMatching(message))
  })

  test('nor what the file does not have', async () => {
    expectFailure(await post('ffmpeg/extract-audio', { file_id: silent }), 400, 400, expect.stringMatching(/没有声音/))
    expectFailure(await post('ffmpeg/transcode', { file_id: sound, output_format: 'mp4' }), 400, 400)
    expectFailure(await post('ffmpeg/extract-audio', { file_id: 'nothing' }), 404, 3002)
  })

  test('nor with what belongs to others', async () => {
    const stranger = await newPerson(app)
    expectFailure(await post('ffmpeg/extract-audio', { file_id: film }, stranger), 404, 3002)
    const id = (await done('ffmpeg/extract-audio', { file_id: film })).job_id
    for (const path of [`GET /api/v1/ffmpeg/job/${id}/status`, `POST /api/v1/ffmpeg/job/${id}/retry`]) {
      expectFailure(await call(app, path, path.startsWith('POST') ? {} : undefined, as(stranger)), 404, 404)
    }
    const { body } = await call(app, 'GET /api/v1/ffmpeg/jobs', undefined, as(stranger))
    expect(body.data.jobs).toEqual([])
  })
})

describe('a job under way', () => {
  test('says how far it is, is cancelled, leaves nothing, and is tried again', async () => {
    const bytes = makeFilm(folder, 'long.mp4', { seconds: 40, size: '640x480', extra: ['-preset', 'ultrafast'] })
    const { file_id: long } = (await upload(app, owner.token, { name: 'long.mp4', bytes })).body.data
    const slow = { file_id: long, output_format: 'webm', video_codec: 'vp9', preset: 'veryslow' }
    const { job_id: id } = (await post('ffmpeg/transcode', slow)).body.data
    await expect.poll(async () => (await status(id)).progress, { timeout: 50_000 }).toBeGreaterThan(0)
    expect((await post(`ffmpeg/job/${id}/retry`, {})).status).toBe(409)
    expect((await post(`ffmpeg/job/${id}/cancel`, {})).body.data.status).toBe('cancelled')
    await expect.poll(() => readdirSync(join(app.dataDir, 'media/work'))).toEqual([])
    expect((await post(`ffmpeg/job/${id}/cancel`, {})).status).toBe(409)
    const again = (await post(`ffmpeg/job/${id}/retry`, {})).body.data
    expect(again.job_id).not.toBe(id)
    await post(`ffmpeg/job/${again.job_id}/cancel`, {})
  })
})

test('without ffmpeg these routes answer 503 and say how to install it; the library goes on', async () => {
  const bare = await startTestApp({ env: { CONFAB_FFMPEG: '/nowhere/ffmpeg' } })
  try {
    const person = await newPerson(bare)
    const { body, status: kept } = await upload(bare, person.token, { name: 'a.mp4', bytes: makeFilm(folder, 'a.mp4') })
    expect([kept, body.data.file_type, body.data.duration]).toEqual([201, 'video', undefined])
    const answer = await call(bare, 'POST /api/v1/ffmpeg/extract-video', { file_id: body.data.file_id }, as(person))
    expectFailure(answer, 503, 503, expect.stringMatching(/未安装 ffmpeg.*CONFAB_FFMPEG/))
  } finally {
    await bare.close()
  }
})

/** The mean brightness (0 to 255) of the picture at a time, measured by ffmpeg. */
async function brightness(fileId: string, seconds: number): Promise<number> {
  const { url } = (await call(app, `POST /api/v1/media/${fileId}/link`, {}, as(owner))).body.data
  const path = join(folder, `${fileId}.mp4`)
  writeFileSync(path, (await app.http.inject({ method: 'GET', url })).rawPayload)
  const args = ['-v', 'error', '-ss', String(seconds), '-i', path, '-frames:v', '1', '-vf', 'scale=1:1,format=gray']
  return execFileSync('ffmpeg', [...args, '-f', 'rawvideo', 'pipe:1'])[0] ?? -1
}
