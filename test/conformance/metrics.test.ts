import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { signUp } from '#test/support/accounts.ts'
import type { SignedIn } from '#test/support/accounts.ts'

const TOKEN = 'a-token-for-prometheus'

let app: TestApp
let admin: SignedIn
let user: SignedIn

beforeAll(async () => {
  app = await startTestApp({ env: { CONFAB_METRICS_TOKEN: TOKEN } })
  admin = await signUp(app, 'admin')
  user = await signUp(app, 'somebody')
})
afterAll(() => app.close())

const read = (authorization?: string) =>
  app.http.inject({ method: 'GET', url: '/metrics', headers: authorization === undefined ? {} : { authorization } })

test('who shows neither the token nor an admin’s learns nothing, not even that it is there', async () => {
  const nowhere = await app.http.inject({ method: 'GET', url: '/metrics/none' })
  for (const authorization of [undefined, user.headers.authorization, `Bearer ${TOKEN}x`, 'Bearer x', 'Basic YTpi']) {
    const answer = await read(authorization)
    expect(answer.statusCode, authorization).toBe(404)
    expect(answer.payload).toBe(nowhere.payload)
    expect(answer.headers['x-fault']).toBe(nowhere.headers['x-fault'])
  }
})

test('the token and an admin read it, in Prometheus’ text format', async () => {
  for (const authorization of [`Bearer ${TOKEN}`, admin.headers.authorization]) {
    const answer = await read(authorization)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(answer.payload.endsWith('\n')).toBe(true)
    const lines = answer.payload.trimEnd().split('\n')
    for (const line of lines) {
      expect(line).toMatch(
        /^# (HELP|TYPE) [a-z_]+ .+$|^[a-z_]+(\{([a-z]+="([^"\\]|\\.)*",?)+\})? (-?[\d.]+(e[-+]\d+)?|\+Inf)$/,
      )
    }
    // Each name is declared once, and nothing stands without a declaration.
    const declared = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2] ?? '')
    expect(new Set(declared).size).toBe(declared.length)
    for (const line of lines.filter((one) => !one.startsWith('#'))) {
      const name = /^[a-z_]+/.exec(line)?.[0] ?? ''
      expect(declared).toContain(declared.includes(name) ? name : name.replace(/_(bucket|sum|count)$/, ''))
    }
  }
})

test('it counts requests by route and status, and how long they took', async () => {
  const before = await numbers()
  await app.http.inject({ method: 'GET', url: '/api/auth/me', headers: user.headers })
  await app.http.inject({ method: 'GET', url: '/api/auth/me' })
  await app.http.inject({ method: 'GET', url: '/api/nowhere' })
  const after = await numbers()
  const grew = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0)
  const id = app.mounted.find((one) => one.contract.path === '/api/auth/me')?.contract.id
  expect(grew(`confab_http_requests_total{route="${id}",status="200"}`)).toBe(1)
  expect(grew(`confab_http_requests_total{route="${id}",status="401"}`)).toBe(1)
  expect(grew(`confab_http_request_duration_seconds_count{route="${id}"}`)).toBe(2)
  expect(grew(`confab_http_request_duration_seconds_bucket{route="${id}",le="+Inf"}`)).toBe(2)
  expect(grew('confab_http_requests_total{route="none",status="404"}')).toBe(1)
})

test('it measures the process, sockets, meetings, media, jobs and the database', async () => {
  const now = await numbers()
  expect(now.get('process_cpu_seconds_total')).toBeGreaterThan(0)
  expect(now.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000)
  expect(now.get('confab_event_loop_delay_seconds{quantile="0.99"}')).toBeGreaterThanOrEqual(0)
  expect(now.get('confab_sockets_open')).toBe(0)
  expect(now.get('confab_meeting_rooms')).toBe(0)
  expect(now.get('confab_sfu_bitrate_bits_per_second{direction="inbound"}')).toBe(0)
  expect(now.get('confab_jobs{kind="jobs.prune",state="queued"}')).toBeDefined()
  expect(now.get('confab_database_connections{state="most"}')).toBeGreaterThan(0)
})

async function numbers(): Promise<Map<string, number>> {
  const { payload } = await read(`Bearer ${TOKEN}`)
  const lines = payload.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}
