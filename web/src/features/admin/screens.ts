import type { Page } from 'playwright-core'
import { type Screen, failed, ok } from '../../app/screen.ts'

const people: [string, string, object?][] = [
  ['林怡君', 'yijun', { role: 'admin' }],
  ['陳志明', 'chihming.chen'],
  ['王雅婷', 'yating'],
  ['張家豪', 'chiahao', { status: 'banned', banned_until: '2026-11-27T02:00:00Z', ban_reason: '反覆在公開會議中洗版' }],
  ['李淑芬', 'shufen.lee', { last_login_at: null }],
  ['歐陽致遠', 'ouyang'],
  ['', 'a-really-long-username-that-somebody-chose-in-2019'],
  ['Margaret Chen-Williams', 'margaret', { role: 'admin' }],
  ['黃建宏', 'jianhong', { status: 'deleted' }],
]
const users = people.map(([nickname, username, more], index) => ({
  user_id: index + 1,
  username,
  nickname,
  email: `${username}@example.com.tw`,
  avatar_url: '',
  status: 'active',
  role: 'user',
  last_login_at: `2026-11-${String(20 - index).padStart(2, '0')}T01:10:00Z`,
  banned_until: null,
  ban_reason: null,
  created_at: `2026-0${(index % 9) + 1}-14T01:10:00Z`,
  updated_at: '2026-11-14T01:10:00Z',
  ...more,
}))
const list = 'GET /api/v1/admin/users'
const some = { [list]: ok({ users, total: 132, page: 1, page_size: 20 }) }
const openMenu = async (page: Page) => {
  await page.getByRole('table').getByRole('button').nth(1).click()
  await page.getByRole('menu').waitFor()
}
const events = [
  'sign-in',
  'password.changed',
  'sign-in.failed',
  'account.banned',
  'session.refresh-reused',
  'account.role-changed',
  'api-key.regenerated',
]

const liveRooms = [
  ['第四季產品規劃', 8, 9_400_000, 61_000_000, 0.002],
  ['Weekly sync with the Kaohsiung office about the new warehouse system', 3, 4_100_000, 8_300_000, 0.031],
  ['一對一', 2, 96_000, 92_000, 0],
].map(([title, count, inbound, outbound, loss], index) => ({
  meeting_id: 210 + index,
  title,
  creator_id: 1,
  opened_at: `2026-11-20T0${index === 0 ? 0 : 1}:${String(12 + index * 9)}:00Z`,
  connections: Number(count) + index,
  waiting: index,
  inbound_bitrate: inbound,
  outbound_bitrate: outbound,
  packet_loss_rate: loss,
  people: users.slice(0, Number(count)).map((user, at) => ({
    session_id: `${index}-${at}`,
    user_id: user.user_id,
    username: user.username,
    nickname: user.nickname,
    role: at === 0 ? 'host' : at === 1 ? 'moderator' : 'participant',
    status: at === 2 ? 'offline' : 'online',
    connected_at: '2026-11-20T01:10:00Z',
    protocol: at === 3 ? null : at === 4 ? 'tcp' : 'udp',
    inbound_bitrate: 1_180_000,
    outbound_bitrate: 7_600_000,
    loss_rate: 0,
  })),
}))
const roomList = 'GET /api/v1/admin/rooms'
const live = {
  [roomList]: ok({
    rooms: liveRooms,
    total: 3,
    participants: 13,
    inbound_bitrate: 13_596_000,
    outbound_bitrate: 69_392_000,
  }),
}

export const screens: readonly Screen[] = [
  { name: 'users', path: '/admin', answers: some },
  { name: 'users-none', path: '/admin', answers: { [list]: ok({ users: [], total: 0, page: 1, page_size: 20 }) } },
  { name: 'users-loading', path: '/admin', answers: { [list]: { never: true, body: null } } },
  { name: 'users-failed', path: '/admin', answers: { [list]: failed(500, 'Internal server error') } },
  { name: 'user-menu', path: '/admin', answers: some, prepare: openMenu },
  {
    name: 'ban',
    path: '/admin',
    answers: some,
    prepare: async (page) => {
      await openMenu(page)
      await page.getByRole('menuitem').nth(1).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'rooms', path: '/admin/rooms', answers: live },
  {
    name: 'rooms-people',
    path: '/admin/rooms',
    answers: live,
    prepare: async (page) => {
      await page.getByRole('table').getByRole('button').first().click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'rooms-end',
    path: '/admin/rooms',
    answers: live,
    prepare: async (page) => {
      await page.getByRole('table').getByRole('button').nth(1).click()
      await page.getByRole('alertdialog').or(page.getByRole('dialog')).waitFor()
    },
  },
  {
    name: 'rooms-none',
    path: '/admin/rooms',
    answers: { [roomList]: ok({ rooms: [], total: 0, participants: 0, inbound_bitrate: 0, outbound_bitrate: 0 }) },
  },
  {
    name: 'audit',
    path: '/admin/audit',
    answers: {
      'GET /api/v1/admin/audit': ok({
        entries: Array.from({ length: 14 }, (_, index) => ({
          id: 400 - index,
          at: new Date(Date.parse('2026-11-20T01:30:00Z') - index * 5_400_000).toISOString(),
          event: events[index % events.length],
          account_id: (index % 5) + 1,
          actor_id: index % 3 === 0 ? 1 : (index % 5) + 1,
          email: users[index % 5]?.email ?? null,
          address: index % 4 === 0 ? '2001:db8:4f:11::9c2' : '203.0.113.24',
          user_agent: 'Mozilla/5.0',
          details: {},
        })),
        total: 14,
        page: 1,
        page_size: 50,
      }),
    },
  },
]
