import { type Screen, failed, ok } from '../../app/screen.ts'

const meeting = (meeting_id: number, title: string, start: string, end: string, more: object = {}) => ({
  meeting_id,
  title,
  description: '',
  start_time: `2026-11-${start}:00+08:00`,
  end_time: `2026-11-${end}:00+08:00`,
  max_participants: 20,
  meeting_type: 'video',
  status: 'scheduled',
  creator_id: 2,
  settings: {
    enable_recording: true,
    enable_chat: true,
    enable_screen_share: true,
    enable_waiting_room: false,
    mute_on_join: false,
  },
  created_at: '2026-11-18T02:00:00Z',
  updated_at: '2026-11-18T02:00:00Z',
  started_at: null,
  ended_at: null,
  has_password: false,
  locked: false,
  participant_count: 6,
  online_count: 0,
  my_role: 'participant',
  room_url: `/meetings/${meeting_id}/room`,
  ...more,
})

const upcoming = 'GET /api/v1/my/meetings/upcoming'
const full = [
  meeting(41, '第四季產品路線圖檢討：行事曆、聊天室與助理的整合時程，以及跨部門人力安排', '20T10:00', '20T11:30', {
    participant_count: 12,
  }),
  meeting(42, '與王雅婷一對一', '20T13:30', '20T14:00', { participant_count: 2, my_role: 'host' }),
  meeting(43, 'SFU 壓力測試結果', '20T16:00', '20T17:00', { meeting_type: 'audio', participant_count: 5 }),
  meeting(44, '週一站立會議', '23T09:30', '23T09:45', { participant_count: 9 }),
  meeting(45, '客戶訪談：台北榮總資訊室', '23T15:00', '23T16:00', { participant_count: 4, my_role: 'host' }),
  meeting(46, '前端設計系統讀書會', '26T12:00', '26T13:00', { participant_count: 18 }),
]
const page = (meetings: object[]) => ok({ meetings, total: meetings.length, page: 1, page_size: 50 })

export const screens: readonly Screen[] = [
  { name: 'full', path: '/', answers: { [upcoming]: page(full) } },
  {
    name: 'ongoing',
    path: '/',
    answers: {
      [upcoming]: page([{ ...full[0], status: 'ongoing', online_count: 7, start_time: '2026-11-20T01:30:00Z' }]),
    },
  },
  { name: 'empty', path: '/', answers: { [upcoming]: page([]) } },
  { name: 'loading', path: '/', answers: { [upcoming]: { never: true, body: null } } },
  { name: 'failed', path: '/', answers: { [upcoming]: failed(500, 'Internal server error') } },
  {
    name: 'palette',
    path: '/',
    answers: { [upcoming]: page(full) },
    prepare: async (view) => {
      await view.keyboard.press('Control+k')
      await view.getByRole('combobox').waitFor()
      await view.getByRole('option').nth(5).waitFor()
    },
  },
  {
    name: 'shortcuts',
    path: '/',
    answers: { [upcoming]: page(full) },
    prepare: async (view) => {
      await view.keyboard.press('?')
      await view.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'account-menu',
    path: '/',
    answers: { [upcoming]: page(full) },
    prepare: async (view) => {
      const narrow = (view.viewportSize()?.width ?? 0) < 768
      if (narrow) await view.getByRole('navigation').last().getByRole('button').last().click()
      else await view.locator('button[aria-haspopup=menu]').click()
      await view.getByRole(narrow ? 'dialog' : 'menu').waitFor()
    },
  },
  { name: 'not-found', path: '/no/such/place' },
]
