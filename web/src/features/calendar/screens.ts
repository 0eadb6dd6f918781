import type { Page } from 'playwright-core'
import { type Answer, type Screen, failed, ok } from '../../app/screen.ts'

const list = 'GET /api/schedules'
const body = (data: unknown): Answer => ({ body: { message: '活動查詢成功', data, error: {} } })

let next = 1
/** A schedule of November 2026 on the account's clock (+08:00). */
const schedule = (title: string, from: string, to: string, more: object = {}) => ({
  id: next++,
  user_id: 1,
  title,
  description: '',
  start_time: `2026-11-${from}:00`,
  end_time: `2026-11-${to}:00`,
  start_at: `2026-11-${from}:00+08:00`,
  end_at: `2026-11-${to}:00+08:00`,
  created_at: '2026-11-01T09:00:00',
  all_day: false,
  busy: true,
  conflict: false,
  meeting_id: null,
  reminder_minutes: 10,
  ...more,
})
const meeting = { meeting_id: 41 }
const allDay = { all_day: true, busy: false, reminder_minutes: null }
const full = [
  schedule('週一站立會議', '16T09:30', '16T09:45', meeting),
  schedule('第四季產品路線圖檢討：行事曆、聊天室與助理的整合時程', '16T10:00', '16T12:00', meeting),
  schedule('牙醫', '16T17:00', '16T18:00'),
  schedule('與王雅婷一對一', '17T13:30', '17T14:00', meeting),
  schedule('SFU 壓力測試結果', '17T13:00', '17T14:30', { ...meeting, conflict: true }),
  schedule('前端設計系統讀書會', '18T12:00', '18T13:00'),
  schedule('歐陽致遠生日', '18T00:00', '19T00:00', allDay),
  schedule('客戶訪談：台北榮總資訊室', '19T15:00', '19T16:30', meeting),
  schedule('健身房', '19T19:00', '19T20:30'),
  schedule('週五站立會議', '20T09:30', '20T09:45', meeting),
  schedule('Design review with the Berlin team', '20T16:00', '20T17:00', meeting),
  schedule('寫季報', '20T10:30', '20T12:00'),
  schedule('接小孩', '20T17:30', '20T18:00'),
  schedule('陽明山', '21T08:00', '21T15:00'),
  schedule('公司尾牙', '24T18:00', '24T21:30'),
  schedule('出差高雄', '25T00:00', '28T00:00', allDay),
  schedule('月會', '30T10:00', '30T11:00', meeting),
]
const answers = (schedules: readonly object[]): Record<string, Answer> => ({
  [list]: body({ schedule: schedules }),
  'GET /api/schedules/conflicts': body({ schedule: full.slice(11, 12) }),
  'GET /api/groups': body({ groups: [] }),
  'GET /api/v1/my/meetings/upcoming': ok({ meetings: [], total: 0, page: 1, page_size: 50 }),
})
const view =
  (key: string, more?: (page: Page) => Promise<void>) =>
  async (page: Page): Promise<void> => {
    await page.keyboard.press(key)
    await more?.(page)
  }
const screen = (name: string, rest: Partial<Screen> = {}): Screen => ({
  name,
  path: '/calendar',
  answers: answers(full),
  ...rest,
})

export const screens: readonly Screen[] = [
  screen('week', { prepare: view('w') }),
  screen('month', { prepare: view('m') }),
  screen('day', { prepare: view('d') }),
  screen('agenda', { prepare: view('a') }),
  screen('carried', {
    prepare: view('d', async (page) => {
      await page
        .locator('[tabindex]', { has: page.getByText('寫季報') })
        .last()
        .focus()
      for (const key of ['Space', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key)
    }),
  }),
  screen('editor', {
    prepare: view('w', async (page) => {
      await page.keyboard.press('c')
      await page.getByRole('dialog').waitFor()
    }),
  }),
  screen('empty', { answers: answers([]), prepare: view('a') }),
  screen('loading', { answers: { ...answers([]), [list]: { never: true, body: null } } }),
  screen('failed', { answers: { ...answers([]), [list]: failed(500, 'Internal server error') } }),
]
