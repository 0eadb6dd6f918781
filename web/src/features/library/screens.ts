import type { Page } from 'playwright-core'
import { type Answer, type Screen, failed, ok } from '../../app/screen.ts'
import { chat, files, jobs, recordings } from './screens-data.ts'

const LIST = 'GET /api/v1/media'
const JOBS = 'GET /api/v1/ffmpeg/jobs'
const RECORDINGS = 'GET /api/v1/recording/list'
const page = (what: object): Answer => ok({ ...what, page: 1, page_size: 24 })
const limits = { video: 4e9, audio: 1e9, image: 5e7, document: 1e8 }

const base: Record<string, Answer> = {
  'GET /api/v1/media/usage': ok({ files: files.length, used: 2_071_000_000, quota: 20_000_000_000, limits }),
  [JOBS]: ok({ jobs: [] }),
  [LIST]: page({ files, total: 57 }),
}

const info = {
  format: 'mov,mp4,m4a,3gp,3g2,mj2',
  duration: 3_742,
  bitrate: 1_039_800,
  streams: [
    { kind: 'video', codec: 'h264', width: 1280, height: 720, frame_rate: 30, bitrate: 902_000 },
    { kind: 'audio', codec: 'aac', channels: 2, sample_rate: 48_000, bitrate: 128_000 },
  ],
}
const [film, , sound, picture] = files
const nothing = page({ files: [], total: 0 })

const opened = (file: (typeof files)[number] | undefined, media_info: object | null, made: Answer = nothing) => ({
  ...base,
  [`GET /api/v1/media/info/${file?.file_id}`]: ok({ ...file, media_info }),
  [`POST /api/v1/media/${file?.file_id}/link`]: ok({ url: '/files/x/film.mp4', expires_at: '2026-11-20T02:42:00Z' }),
  'GET /files/x/film.mp4': { never: true, body: null },
  [LIST]: made,
})

const player = {
  ...opened(film, info),
  'GET /api/v1/recording/r2': ok(recordings[2]),
  'GET /api/v1/meetings/128/messages': ok({ messages: chat, total: chat.length, page: 1, page_size: 100 }),
}

/** A file that stays on its way, and one that is refused. */
async function uploads(view: Page): Promise<void> {
  await view.route(/media\/upload$/, (route) =>
    route.request().postDataBuffer()?.includes('not a film')
      ? route.fulfill({
          status: 400,
          headers: { 'x-fault': 'media.unsupported' },
          contentType: 'application/json',
          body: JSON.stringify({ code: 3001, message: '', data: null }),
        })
      : undefined,
  )
  const send = (name: string, mimeType: string, text: string) => ({ name, mimeType, buffer: Buffer.from(text) })
  await view
    .locator('input[type=file]')
    .first()
    .setInputFiles([
      send('惡意播放清單.mp4', 'video/mp4', 'not a film'),
      send('董事會簡報錄影（完整版）.mp4', 'video/mp4', 'film'),
      send('附件.zip', 'application/zip', 'zip'),
    ])
  await view.locator('[role=progressbar]').first().waitFor()
}

/** Opens the menu of the first file and picks the item at `index`. */
async function pick(view: Page, index: number): Promise<void> {
  await view.locator('ul li button[aria-haspopup=menu]').first().click()
  await view.getByRole('menuitem').nth(index).click()
  await view.getByRole('dialog').or(view.getByRole('alertdialog')).waitFor()
}

const CHOOSE = /^(選取|选择|Select)$/
const MERGE = /^(合併影片|合并视频|Merge videos)$/

/** Ticks the films among the files. */
async function choose(view: Page): Promise<void> {
  await view.getByRole('button', { name: CHOOSE }).click()
  for (const file of files.filter((one) => one.file_type === 'video')) {
    await view.getByRole('checkbox', { name: file.file_name }).click()
  }
}

const WATCH = '/streams/s1/1900000000.sign'
const watched = (status: string) => ({
  body: {
    stream_id: 's1',
    title: '第四季產品發表會：行動版改版與上線時程',
    status,
    hls_url: `${WATCH}/index.m3u8`,
    started_at: '2026-11-20T01:30:00Z',
    stopped_at: null,
  },
})

export const screens: readonly Screen[] = [
  { name: 'grid', path: '/library', answers: base, until: '片頭音樂' },
  {
    name: 'list',
    path: '/library',
    answers: { ...base, [JOBS]: ok({ jobs: jobs.slice(0, 2) }) },
    until: '片頭音樂',
    prepare: (view) => view.locator('[role=radio]').last().click(),
  },
  { name: 'empty', path: '/library', answers: { ...base, [LIST]: nothing } },
  { name: 'failed', path: '/library', answers: { ...base, [LIST]: failed(500, '服务器错误') } },
  { name: 'loading', path: '/library', answers: { ...base, [LIST]: { never: true, body: null } } },
  { name: 'uploads', path: '/library', answers: base, until: '片頭音樂', prepare: uploads },
  { name: 'choice', path: '/library', answers: base, until: '片頭音樂', prepare: choose },
  {
    name: 'merge',
    path: '/library',
    answers: base,
    until: '片頭音樂',
    prepare: async (view) => {
      await choose(view)
      await view.getByRole('button', { name: MERGE }).click()
      await view.getByRole('dialog').waitFor()
    },
  },
  { name: 'share', path: '/library', answers: base, until: '片頭音樂', prepare: (view) => pick(view, 1) },
  { name: 'convert', path: '/library', answers: base, until: '片頭音樂', prepare: (view) => pick(view, 2) },
  ...(['extract_audio', 'thumbnail', 'process'] as const).map((type) => ({
    name: `convert-${type}`,
    path: '/library',
    answers: base,
    until: '片頭音樂',
    prepare: async (view: Page) => {
      await pick(view, 2)
      await view.locator('#conversion select').first().selectOption(type)
    },
  })),
  { name: 'delete', path: '/library', answers: base, until: '片頭音樂', prepare: (view) => pick(view, 3) },
  {
    name: 'file-film',
    path: `/library/files/${film?.file_id}`,
    answers: opened(film, info, page({ files: [sound, picture], total: 2 })),
    until: 'h264',
  },
  { name: 'file-sound', path: `/library/files/${sound?.file_id}`, answers: opened(sound, info), until: 'h264' },
  {
    name: 'file-missing',
    path: '/library/files/gone',
    answers: { ...base, 'GET /api/v1/media/info/gone': failed(404, '文件不存在', 3002) },
  },
  { name: 'jobs', path: '/library/jobs', answers: { ...base, [JOBS]: ok({ jobs }) } },
  { name: 'jobs-empty', path: '/library/jobs', answers: base },
  {
    name: 'recordings',
    path: '/library/recordings',
    answers: { ...base, [RECORDINGS]: page({ recordings, total: recordings.length }) },
    until: 'Lisbon',
  },
  {
    name: 'recordings-empty',
    path: '/library/recordings',
    answers: { ...base, [RECORDINGS]: page({ recordings: [], total: 0 }) },
  },
  { name: 'recording', path: '/library/recordings/r2', answers: player, until: '無障礙' },
  ...([0, 1, 3] as const).map((index) => ({
    name: `recording-${recordings[index]?.status}`,
    path: `/library/recordings/r${index}`,
    answers: { ...base, [`GET /api/v1/recording/r${index}`]: ok(recordings[index]) },
  })),
  ...(['starting', 'live', 'ended', 'failed'] as const).map((status) => ({
    name: `watch-${status}`,
    path: '/watch/s1/1900000000.sign',
    signedOut: true,
    answers: {
      [`GET ${WATCH}`]: watched(status),
      ...(status === 'live' && { [`GET ${WATCH}/index.m3u8`]: { never: true, body: null } }),
    },
    until: '行動版改版',
  })),
  { name: 'watch-no-link', path: '/watch/s1/1.no', signedOut: true },
]
