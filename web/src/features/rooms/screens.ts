import type { Page } from 'playwright-core'
import { type Answer, type Screen, failed } from '../../app/screen.ts'

const body = (data: unknown): Answer => ({ body: { message: '查詢成功', data, error: {} } })
const people = {
  1: { id: 1, username: 'yijun', name: '林怡君', avatar_url: null },
  2: { id: 2, username: 'zhiyuan', name: '歐陽致遠', avatar_url: null },
  3: { id: 3, username: 'yating', name: '王雅婷', avatar_url: null },
  4: { id: 4, username: 'alex', name: 'Alexander von Humboldt-Universität', avatar_url: null },
} as const

const room = (id: number, name: string, more: object = {}) => ({
  id,
  name,
  kind: 'group',
  meeting_id: null,
  role: 'member',
  member_count: 4,
  peer: null,
  last_seq: 14,
  last_change: 20,
  read_seq: 14,
  unread: 0,
  mentions: 0,
  last_message: { sender_name: '王雅婷', content: '好，下午給你', file_name: null, deleted: false },
  last_at: '2026-11-20T01:30:00.000Z',
  ...more,
})
const said = (sender_name: string, content: string, file_name: string | null = null) => ({
  sender_name,
  content,
  file_name,
  deleted: false,
})
const rooms = [
  room(1, '設計討論', { role: 'owner', read_seq: 11, unread: 3, mentions: 1 }),
  room(2, '', {
    kind: 'direct',
    name: '歐陽致遠',
    peer: people[2],
    member_count: 2,
    last_message: said('歐陽致遠', '', '白板 2026-11-19.jpg'),
    last_at: '2026-11-20T01:02:00.000Z',
  }),
  room(3, '第四季產品路線圖檢討：行事曆、聊天室與助理的整合時程', {
    kind: 'meeting',
    meeting_id: 41,
    unread: 128,
    last_message: said('Alexander von Humboldt-Universität', 'The recording is in the library now, have a look'),
    last_at: '2026-11-19T09:00:00.000Z',
  }),
  room(4, '午餐', { last_message: null, last_at: '2026-11-12T04:00:00.000Z' }),
]

type Id = keyof typeof people
let seq = 0
const message = (sender: Id, at: string, content: string, more: object = {}) => {
  seq++
  return {
    id: seq * 10,
    chat_room_id: 1,
    seq,
    change: seq,
    sender_id: sender,
    sender: people[sender],
    content,
    reply_to: null,
    files: [],
    mentions: [],
    reactions: [],
    sent_at: `2026-11-${at}:00.000Z`,
    created_at: `2026-11-${at}:00`,
    edited_at: null,
    deleted: false,
    client_key: null,
    ...more,
  }
}
const file = (id: string, name: string, kind: string, mime: string, size: number, more: object = {}) => ({
  id,
  name,
  kind,
  mime,
  size,
  width: null,
  height: null,
  duration: null,
  ...more,
})
const history = [
  message(2, '18T06:10', '大家早，新版行事曆的草圖在這裡'),
  message(2, '18T06:10', '', {
    files: [file('board', '白板 2026-11-18.png', 'image', 'image/png', 182_000, { width: 1200, height: 800 })],
  }),
  message(3, '18T06:14', '**很清楚**！週檢視的格線可以再淡一點。\n\n- 字級 14\n- 行高 1.6\n- 深色模式也看一下', {
    reactions: [
      { emoji: '👍', user_ids: [1, 2] },
      { emoji: '🎉', user_ids: [4] },
    ],
  }),
  message(1, '18T06:20', '我改好了，`tokens.css` 裡的 `--line` 換成新的灰階', {
    edited_at: '2026-11-18T06:21:00.000Z',
  }),
  message(4, '18T08:02', 'Looks great from Berlin. Could we have the agenda view on phones too?'),
  message(3, '18T08:03', '', { deleted: true }),
  message(1, '19T02:00', '這是會議的錄音和規格', {
    files: [
      file('voice', '訪談錄音.m4a', 'audio', 'audio/mp4', 2_400_000, { duration: 312 }),
      file('spec', '行事曆規格 v3（含衝突處理與時區說明的完整版本）.pdf', 'document', 'application/pdf', 884_000),
    ],
  }),
  message(2, '19T02:05', '示範影片', {
    files: [file('film', 'demo.mp4', 'video', 'video/mp4', 8_400_000, { width: 1280, height: 720, duration: 42 })],
  }),
  message(3, '19T02:30', '收到', {
    reply_to: {
      id: 70,
      seq: 7,
      sender_name: '林怡君',
      content: '這是會議的錄音和規格',
      file_name: '訪談錄音.m4a',
      deleted: false,
    },
  }),
  message(1, '19T02:31', '```ts\nconst overlap = a.start < b.end && b.start < a.end\n```'),
  message(1, '19T02:32', 'https://example.com/specs/calendar 也放了一份'),
  message(2, '20T01:10', '@yijun 今天可以上線嗎？', { mentions: [1] }),
  message(4, '20T01:20', 'I can review before noon my time.'),
  message(3, '20T01:30', '下午三點前給你'),
]
const members = ([1, 2, 3, 4] as const).map((id) => ({
  user_id: id,
  username: people[id].username,
  name: people[id].name,
  avatar_url: null,
  role: id === 1 ? 'owner' : id === 2 ? 'admin' : 'member',
  joined_at: '2026-11-01T01:00:00Z',
  read_seq: 14,
}))
const link = body({ url: '/favicon.svg?until=1', expires_at: '2026-11-20T03:00:00Z' })
const answers: Record<string, Answer> = {
  'GET /api/groups': body({ groups: rooms }),
  'GET /api/groups/1/members': body({ members }),
  'GET /api/groups/1/invites': body({
    invites: [
      {
        id: 5,
        created_at: '2026-11-18T02:00:00.000Z',
        expires_at: '2026-11-25T02:00:00.000Z',
        most_uses: null,
        uses: 2,
      },
    ],
  }),
  'GET /api/messages': body({ messages: history, has_older: false, has_newer: false, last_change: 14 }),
  ...Object.fromEntries(
    history.flatMap(({ id, files }) =>
      (files as { id: string }[]).map((one) => [`POST /api/messages/${id}/files/${one.id}/link`, link]),
    ),
  ),
  'GET /api/messages/search': body({ messages: [...history.slice(1, 4), history[6]] }),
}
const toTop = async (page: Page): Promise<void> => {
  // By key first: a room stays where it opened until its reader scrolls.
  await page.getByRole('log').press('Home')
  await page.getByRole('log').evaluate((log) => ((log as { scrollTop: number }).scrollTop = 0))
}
const screen = (name: string, rest: Partial<Screen> = {}): Screen => ({ name, path: '/rooms/1', answers, ...rest })

export const screens: readonly Screen[] = [
  screen('room'),
  screen('files', {
    prepare: async (page) => {
      await page.getByRole('log').waitFor()
      await toTop(page)
      await page.getByText('大家早').waitFor()
    },
  }),
  screen('attaching', {
    answers: {
      ...answers,
      'POST /api/groups/1/files': body(file('new', '週會簡報 2026 Q4.pdf', 'document', 'application/pdf', 1_240_000)),
    },
    prepare: async (page) => {
      await page.locator('input[type=file]').setInputFiles([
        { name: '週會簡報 2026 Q4.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(1_240_000) },
        {
          name: '一張檔名非常非常長的照片，拍的是白板上的流程圖.jpg',
          mimeType: 'image/jpeg',
          buffer: Buffer.alloc(82_000),
        },
      ])
      await page.getByRole('textbox').fill('這是今天要看的')
    },
  }),
  screen('details', {
    prepare: async (page) => {
      await page.locator('section header button').last().click()
      await page.getByRole('dialog').waitFor()
    },
  }),
  screen('list', { path: '/rooms', until: '午餐' }),
  screen('search', {
    path: '/rooms',
    until: '午餐',
    prepare: async (page) => {
      await page.getByRole('searchbox').first().fill('錄音')
      await page.getByText('這是會議的錄音和規格').last().waitFor()
    },
  }),
  screen('new', { path: '/rooms?new=1', until: '午餐' }),
  screen('empty', { path: '/rooms', answers: { 'GET /api/groups': body({ groups: [] }) } }),
  screen('loading', { answers: { ...answers, 'GET /api/messages': { never: true, body: null } } }),
  screen('failed', { answers: { ...answers, 'GET /api/messages': failed(500, 'Internal server error') } }),
  screen('missing', { path: '/rooms/99' }),
]
