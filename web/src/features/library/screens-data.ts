import type { Static } from 'typebox'
import type { MediaJob } from '#contracts/ffmpeg.ts'
import type { recordingInfo } from '#contracts/recording.ts'
import type { ResultOf } from '#contracts/route.ts'
import type { ChatMessage } from '#contracts/schemas/meeting.ts'
import type { MediaFile } from '#contracts/schemas/media.ts'

type Recording = ResultOf<typeof recordingInfo>

/** A picture of people in a meeting, drawn with a few shapes in colours of `hue`. */
function picture(hue: number, people = 4): string {
  const places = Array.from({ length: people }, (_, index) => {
    const [x, y] = [(index % 2) * 320, people > 2 ? Math.floor(index / 2) * 180 : 90]
    const tint = `hsl(${(hue + index * 47) % 360} 28% ${26 + (index % 3) * 8}%)`
    return `<rect x="${x + 6}" y="${y + 6}" width="308" height="168" rx="10" fill="${tint}"/><circle cx="${x + 160}" cy="${y + 76}" r="34" fill="hsl(${hue} 30% 78%)"/><path d="M${x + 96} ${y + 174}q64-92 128 0z" fill="hsl(${hue} 30% 78%)"/>`
  })
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360"><rect width="640" height="360" fill="#15161a"/>${places.join('')}</svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

/** A picture of slides and charts. */
function slide(hue: number): string {
  const bars = [90, 150, 120, 200, 170].map(
    (height, index) =>
      `<rect x="${340 + index * 48}" y="${290 - height}" width="30" height="${height}" fill="hsl(${hue} 55% ${40 + index * 6}%)"/>`,
  )
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360"><rect width="640" height="360" fill="hsl(${hue} 40% 96%)"/><rect x="48" y="56" width="230" height="22" rx="4" fill="hsl(${hue} 45% 30%)"/><rect x="48" y="104" width="200" height="10" rx="4" fill="#b7bcc8"/><rect x="48" y="128" width="220" height="10" rx="4" fill="#b7bcc8"/><rect x="48" y="152" width="170" height="10" rx="4" fill="#b7bcc8"/>${bars.join('')}</svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

let made = 0
const file = (
  name: string,
  type: MediaFile['file_type'],
  mime: string,
  size: number,
  more: Partial<MediaFile> = {},
) => {
  const id = `f${++made}`
  return {
    file_id: id,
    user_id: 1,
    meeting_id: null,
    file_name: name,
    file_url: `/api/v1/media/download/${id}`,
    file_type: type,
    mime_type: mime,
    size,
    created_at: new Date(Date.parse('2026-11-20T01:40:00Z') - made * 4_700_000).toISOString(),
    description: '',
    width: type === 'video' ? 1280 : null,
    height: type === 'video' ? 720 : null,
    preview_url: null,
    source_id: null,
    is_mine: true,
    ...more,
  } satisfies MediaFile
}

/** A library as somebody's is after a few weeks. */
export const files: readonly MediaFile[] = [
  file('第四季產品規劃：行動版改版與上線時程 2026-11-20 09.30.mp4', 'video', 'video/mp4', 486_300_000, {
    duration: 3_742,
    meeting_id: 128,
    preview_url: picture(212),
  }),
  file('客戶訪談－台北榮總資訊室.webm', 'video', 'video/webm', 212_700_000, {
    duration: 1_868,
    meeting_id: 133,
    preview_url: picture(24, 2),
    is_mine: false,
    user_id: 2,
  }),
  file('林怡君 1.ogg', 'audio', 'audio/ogg', 28_400_000, { duration: 3_740, meeting_id: 128 }),
  file('季度營收簡報.png', 'image', 'image/png', 1_830_000, { preview_url: slide(220), width: 1920, height: 1080 }),
  file(
    'Onboarding walkthrough for the new infrastructure on-call rotation (take 3, final, really).mov',
    'video',
    'video/quicktime',
    1_240_000_000,
    { duration: 612, preview_url: picture(140, 1) },
  ),
  file('會議室平面圖.jpg', 'image', 'image/jpeg', 640_000, { preview_url: slide(32), width: 1600, height: 900 }),
  file('議事錄_1120.pdf', 'document', 'application/pdf', 312_000),
  file('片頭音樂.mp3', 'audio', 'audio/mpeg', 4_210_000, { duration: 96 }),
  file('壓測現場側錄.mkv', 'video', 'video/x-matroska', 96_400_000, { duration: 204, preview_url: picture(280, 3) }),
  file('白板照片.webp', 'image', 'image/webp', 220_000, { preview_url: slide(150), width: 1280, height: 960 }),
  file('專案說明.docx', 'document', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 88_000),
]

const job = (id: number, more: Partial<Static<typeof MediaJob>>): Static<typeof MediaJob> => ({
  job_id: String(id),
  type: 'transcode',
  status: 'completed',
  progress: 100,
  source_ids: ['f1'],
  source_names: [files[0]?.file_name ?? ''],
  output_file_id: null,
  output_file_ids: [],
  error: null,
  created_at: new Date(Date.parse('2026-11-20T01:41:00Z') - id * 540_000).toISOString(),
  started_at: '2026-11-20T01:30:00Z',
  completed_at: null,
  ...more,
})

/** Conversions in every state. */
export const jobs = [
  job(1, { type: 'transcode', status: 'processing', progress: 37 }),
  job(2, {
    type: 'merge',
    status: 'queued',
    progress: 0,
    source_names: ['壓測現場側錄.mkv', '客戶訪談－台北榮總資訊室.webm'],
  }),
  job(3, { type: 'extract_audio', output_file_id: 'f3', output_file_ids: ['f3'] }),
  job(4, {
    type: 'transcode',
    status: 'failed',
    progress: 62,
    source_names: ['壓測現場側錄.mkv'],
    error:
      'ffmpeg gave up: [matroska,webm @ 0x55d0c3] Unknown-sized element at 0x5e1f inside parent with finite size\nError while decoding stream #0:0: Invalid data found when processing input',
  }),
  job(5, { type: 'process', output_file_id: 'f3', output_file_ids: ['f3', 'f4'] }),
  job(6, { type: 'thumbnail', status: 'cancelled', progress: 0, source_names: [] }),
]

const recording = (id: string, more: Partial<Recording>): Recording => ({
  recording_id: id,
  meeting_id: 128,
  meeting_title: '第四季產品規劃：行動版改版與上線時程',
  user_id: 1,
  user_name: '林怡君',
  status: 'completed',
  format: 'mp4',
  layout: 'grid',
  quality: 'medium',
  file_id: 'f1',
  file_url: '/api/v1/media/download/f1',
  duration: 3_742,
  size: 486_300_000,
  error: null,
  started_at: '2026-11-20T00:30:00Z',
  stopped_at: '2026-11-20T01:32:22Z',
  film_started_at: '2026-11-20T00:30:00Z',
  created_at: '2026-11-20T00:30:00Z',
  progress: 100,
  tracks: [],
  ...more,
})

const nothingYet = { file_id: null, file_url: null, duration: null, size: null }
const people = ['林怡君', '歐陽致遠', '陳威廷', 'Priya Raman'] as const

/** Recordings in every state. */
export const recordings: readonly Recording[] = [
  recording('r0', {
    ...nothingYet,
    status: 'recording',
    meeting_title: '資安教育訓練（第二梯）',
    user_name: '陳威廷',
    user_id: 3,
    stopped_at: null,
  }),
  recording('r1', { ...nothingYet, status: 'processing', meeting_title: '與設計組一對一', progress: 64 }),
  recording('r2', {
    tracks: people.flatMap((user_name, index) => [
      { user_id: index + 1, user_name, kind: 'audio', source: 'microphone', file_id: `v${index}` },
      { user_id: index + 1, user_name, kind: 'video', source: 'camera', file_id: null },
    ]),
  }),
  recording('r3', {
    ...nothingYet,
    status: 'failed',
    meeting_title: '客服晨會',
    error: 'Nobody sent sound or picture while it was recorded',
  }),
  recording('r4', {
    meeting_title: 'Weekly sync with the Lisbon and Nairobi offices about shared infrastructure costs',
    started_at: '2026-11-13T08:00:00Z',
    duration: 2_710,
    size: 301_000_000,
    user_name: 'Priya Raman',
    user_id: 4,
  }),
]

const said = [
  '大家早，今天先過一下時程，再看行動版的新首頁。',
  '簡報放在這裡：https://example.com/q4-roadmap',
  '聽得到，聲音很清楚。',
  '第 12 頁的上線日期要改成 12 月 8 日，行銷那邊已經確認。',
  'Could we keep the old navigation for one more release? Some customers automate it.',
  '可以，我會加上一個設定，預設關閉。',
  '首頁的載入時間從 2.4 秒降到 0.9 秒，影片改成點了才載入。',
  '太好了，辛苦了！',
  '無障礙檢查還有三項沒過，我今天下班前補完。',
  '那測試計畫誰來寫？',
  '我來，週三給大家看初稿。',
  '好，那就這樣，會後我把決議整理到聊天室。',
]

/** What was written while `r2` was recorded. */
export const chat: readonly ChatMessage[] = said.map((content, index) => ({
  message_id: index + 1,
  seq: index + 1,
  user_id: (index % 4) + 1,
  username: 'somebody',
  nickname: people[index % 4] ?? '',
  avatar_url: null,
  content,
  timestamp: new Date(Date.parse('2026-11-20T00:30:20Z') + index * 171_000).toISOString(),
}))
