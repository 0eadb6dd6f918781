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
