import { type Screen, failed, ok } from '../../app/screen.ts'

const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1'
const edge =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0'
const session = (session_id: string, user_agent: string, address: string, last_seen_at: string, current = false) => ({
  session_id,
  user_agent,
  address,
  last_seen_at,
  current,
  created_at: '2026-11-01T02:00:00Z',
  expires_at: '2026-11-27T02:00:00Z',
})

const sessions = ok({
  sessions: [
    session('a', chrome, '203.0.113.24', '2026-11-20T01:41:00Z', true),
    session('b', iphone, '2001:db8:4f:11::9c2', '2026-11-20T00:12:00Z'),
    session('c', edge, '198.51.100.7', '2026-11-12T09:30:00Z'),
    session('d', 'python-requests/2.32', '192.0.2.180', '2026-10-30T09:30:00Z'),
  ],
  total: 4,
})

export const screens: readonly Screen[] = [
  { name: 'profile', path: '/account' },
  { name: 'profile-loading', path: '/account', answers: { 'GET /api/v1/users/profile': { never: true, body: null } } },
  { name: 'security', path: '/account/security', answers: { 'GET /api/v1/users/sessions': sessions } },
  {
    name: 'security-failed',
    path: '/account/security',
    answers: { 'GET /api/v1/users/sessions': failed(500, 'Internal server error') },
  },
  {
    name: 'api-key',
    path: '/account/api-key',
    answers: { 'GET /api/v1/users/api-key': ok({ api_key: 'occ_4f8Kq2mZ7xN1vB9tR3wE6yU0pL5sD8hJ' }) },
  },
  {
    name: 'delete',
    path: '/account/delete',
    prepare: async (page) => {
      await page.getByRole('main').getByRole('button').last().click()
      await page.getByRole('alertdialog').waitFor()
    },
  },
]
