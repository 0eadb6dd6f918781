import { type Answer, type Screen, failed, ok } from '../../app/screen.ts'

const plain = (body: unknown): Answer => ({ body })
const never: Answer = { never: true, body: null }
const url = (board: string, n: number) => `https://www.ptt.cc/bbs/${board}/M.173214${n}.A.ABC.html`

const alert = (id: number, board: string, title: string, author: string, more: object = {}) => ({
  id,
  board,
  title,
  author,
  url: url(board, id),
  kind: 'new',
  pushes: null,
  sub_type: 'keyword',
  value: '問卦',
  posted_at: '2026-11-20T01:20:00Z',
  created_at: '2026-11-20T01:21:00Z',
  ...more,
})
const alerts = [
  alert(9, 'Gossiping', '[問卦] 為什麼台北的冬天總是下雨下個不停，衣服永遠曬不乾，除濕機開整天也沒用？', 'rainycat'),
  alert(8, 'Stock', '[標的] 2330 台積電 法說會後多空看法整理', 'waferlover', { value: '台積電' }),
  alert(7, 'NBA', '[BOX ] Lakers 112:108 Celtics 數據', 'hoopfan', {
    kind: 'push',
    value: '99',
    pushes: 100,
    sub_type: 'pushsum',
  }),
  alert(6, 'Gossiping', '[爆卦] 淡水線列車延誤', 'commuter', {
    kind: 'boo',
    value: '-50',
    pushes: -50,
    sub_type: 'pushsum',
  }),
  alert(5, 'MobileComm', '[心得] iPhone 18 一個月使用心得', 'applefan', { sub_type: 'author', value: 'applefan' }),
]
const list = (rows: readonly object[]) => ok({ alerts: rows, has_more: rows.length > 4 })

const subscription = (id: number, board: string, sub_type: string, value: string, enabled = true) => ({
  id,
  user_id: 2,
  board,
  sub_type,
  value,
  enabled,
  created_at: '2026-11-12T03:00:00Z',
  updated_at: '2026-11-12T03:00:00Z',
})
const subscriptions = [
  subscription(1, 'Gossiping', 'keyword', '問卦&!廣告'),
  subscription(2, 'Stock', 'keyword', 'regexp:台積電|聯發科|鴻海'),
  subscription(3, 'NBA', 'pushsum', '99', false),
]
const limits = (used: number) => ok({ used, limit: 3 })
const binding = (id: number, service: string, service_id: string, more: object = {}) => ({
  id,
  user_id: 2,
  service,
  service_id,
  enabled: true,
  created_at: '2026-11-01T00:00:00Z',
  updated_at: '2026-11-01T00:00:00Z',
  broken_reason: null,
  ...more,
})
const board = (name: string, state: string, more: object = {}) => ({
  board: name,
  state,
  watchers: 12,
  polled_at: '2026-11-20T01:20:40Z',
  failed_at: null,
  failures: 0,
  reason: null,
  ...more,
})
const boards = [
  board('Gossiping', 'failing', { failures: 3, reason: 'ptt.unreachable', watchers: 204 }),
  board('OldBoard', 'gone', { failures: 9, reason: 'ptt.no-board', watchers: 1 }),
  board('Stock', 'ok'),
  board('NBA', 'idle', { watchers: 0 }),
]
const delivery = (id: number, service: string, state: string, more: object = {}) => ({
  id,
  account_id: 2,
  service,
  recipient: '123456789',
  kind: 'alerts.article',
  excerpt: '【Stock】[標的] 2330 台積電 法說會後多空看法整理\n作者：waferlover，符合關鍵字「台積電」',
  part: 1,
  parts: 1,
  state,
  attempts: 1,
  reason: null,
  detail: null,
  next_at: null,
  created_at: '2026-11-20T01:21:00Z',
  finished_at: '2026-11-20T01:21:01Z',
  ...more,
})
const deliveries = [
  delivery(5, 'telegram', 'delivered'),
  delivery(4, 'line', 'queued', { reason: 'quota' }),
  delivery(3, 'discord', 'dead', { reason: 'blocked', detail: '403 Cannot send messages to this user' }),
  delivery(2, 'email', 'cancelled', { reason: 'account-disabled' }),
]
const lane = (service: string, more: object = {}) => ({
  service,
  configured: true,
  queued: 0,
  delivered_today: 1204,
  dead_today: 0,
  paused_until: null,
  reason: null,
  detail: null,
  ...more,
})
const lanes = [
  lane('telegram', { queued: 14 }),
  lane('line', {
    queued: 381,
    paused_until: '2026-11-30T15:00:00Z',
    reason: 'quota',
    detail: '429 You have reached your monthly limit.',
  }),
  lane('discord', { dead_today: 3 }),
  lane('matrix', { configured: false, delivered_today: 0 }),
  lane('email', { delivered_today: 12 }),
]
const notification = (id: number, title: string, text: string, more: object = {}) => ({
  id,
  kind: 'alerts.article',
  title,
  text,
  url: '/alerts',
  created_at: '2026-11-20T01:21:00Z',
  read_at: null,
  ...more,
})
const history = 'GET /api/v1/alerts'
const mine = 'GET /api/subscriptions'
const allowance = 'GET /api/v1/alerts/limits'

export const screens: readonly Screen[] = [
  { name: 'history', path: '/alerts', answers: { [history]: list(alerts) } },
  { name: 'history-empty', path: '/alerts', answers: { [history]: list([]) } },
  { name: 'history-loading', path: '/alerts', answers: { [history]: never } },
  { name: 'history-failed', path: '/alerts', answers: { [history]: failed(500, 'Internal server error') } },
  {
    name: 'subscriptions',
    path: '/alerts/subscriptions',
    answers: { [mine]: plain(subscriptions), [allowance]: limits(3) },
  },
  {
    name: 'subscriptions-empty',
    path: '/alerts/subscriptions',
    answers: { [mine]: plain([]), [allowance]: limits(0) },
  },
  {
    name: 'subscribe',
    path: '/alerts/subscriptions?new=1&board=Stock',
    answers: {
      [mine]: plain(subscriptions.slice(0, 1)),
      [allowance]: limits(1),
      'GET /api/v1/alerts/boards/search': ok({ boards: ['Stock', 'StockGroup'] }),
      'POST /api/v1/alerts/preview': ok({ board: 'Stock', examined: 100, matches: alerts.slice(0, 4) }),
    },
    prepare: async (page) => {
      await page.getByRole('dialog').getByRole('textbox').last().fill('台積電')
      await page
        .getByRole('dialog')
        .getByText(alerts[1]?.title ?? '')
        .waitFor()
    },
  },
  {
    name: 'bindings',
    path: '/alerts/bindings',
    until: 'Telegram',
    answers: {
      'GET /api/bindings': plain([
        binding(1, 'telegram', '123456789'),
        binding(2, 'line', 'U4af4980629', { enabled: false, broken_reason: 'the account was blocked' }),
      ]),
    },
  },
  {
    name: 'bind',
    path: '/alerts/bindings',
    answers: {
      'GET /api/bindings': plain([]),
      'GET /api/bindings/telegram': plain({ service: 'telegram', bound: false, service_id: null }),
      'POST /api/bindings/bind-code': plain({
        bind_code: 'a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6',
        expires_at: '2026-11-20T01:40:00Z',
        service: 'telegram',
        bind_url: 'https://t.me/YourBot?start=BIND_a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6',
        message: '點擊連結完成綁定',
      }),
    },
    prepare: async (page) => {
      await page.getByRole('list').getByRole('button').first().click()
      await page.getByRole('dialog').getByRole('img').waitFor()
    },
  },
  { name: 'confirm', path: '/bind/telegram?token=a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6' },
  {
    name: 'boards',
    path: '/alerts/boards',
    answers: { 'GET /api/v1/alerts/boards': ok({ boards, interval: 60, site_reason: 'PTT answered 503' }) },
  },
  {
    name: 'notifications',
    path: '/alerts/notifications',
    answers: {
      'GET /api/v1/notifications': ok({
        notifications: [
          notification(3, '【Stock】[標的] 2330 台積電', '作者：waferlover，符合關鍵字「台積電」'),
          notification(2, 'LINE 通知已停止', '訊息送不到你的 LINE（可能是封鎖了機器人），所以先停用了這個綁定。'),
          notification(1, '週一站立會議 10 分鐘後開始', '', { read_at: '2026-11-19T01:00:00Z' }),
        ],
        unread: 2,
        has_more: false,
      }),
    },
  },
  {
    name: 'deliveries',
    path: '/alerts/deliveries',
    answers: { 'GET /api/v1/notifications/deliveries': ok({ deliveries, has_more: true }) },
  },
  {
    name: 'admin-broadcasts',
    path: '/admin/alerts',
    answers: {
      'GET /api/v1/admin/broadcasts': ok({
        broadcasts: [
          {
            id: 2,
            content: '系統公告：今晚 23:00 至 24:00 進行維護，期間通知可能延遲。',
            platforms: ['telegram', 'line'],
            created_at: '2026-11-20T01:20:00Z',
            sent_by: 'admin@example.com',
            total: 4210,
            queued: 1804,
            delivered: 2388,
            failed: 18,
            reasons: [
              { reason: 'blocked', count: 17 },
              { reason: 'rejected', count: 1 },
            ],
          },
        ],
        has_more: false,
      }),
    },
  },
  {
    name: 'admin-deliveries',
    path: '/admin/alerts/deliveries',
    answers: {
      'GET /api/v1/admin/lanes': ok({ lanes }),
      'GET /api/v1/admin/deliveries': ok({ deliveries, has_more: false }),
    },
  },
  {
    name: 'admin-crawler',
    path: '/admin/alerts/crawler',
    answers: {
      'GET /api/v1/admin/crawler': ok({
        url: 'https://www.ptt.cc',
        interval: 60,
        site: {
          state: 'down',
          reason: 'PTT answered 503',
          since: '2026-11-20T01:10:00Z',
          resumes_at: '2026-11-20T01:25:00Z',
        },
        boards,
        subscriptions: 812,
        alerts_today: 3021,
      }),
    },
  },
]
