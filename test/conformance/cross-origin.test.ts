import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

/** Browser clients of the documents that are served from an origin of their own. */
const OURS = 'https://intranet.example.com'
let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ env: { CONFAB_ALLOWED_ORIGINS: `${OURS}/` } })
})
afterAll(() => app.close())

const url = '/api/v1/meetings'
const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }

test('a page of a named origin reads answers and refusals, and may ask beforehand', async () => {
  const asked = await app.http.inject({ method: 'OPTIONS', url, headers: { origin: OURS, ...preflight } })
  expect(asked).toMatchObject({
    statusCode: 204,
    payload: '',
    headers: {
      'access-control-allow-origin': OURS,
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers': expect.stringContaining('authorization'),
    },
  })
  for (const method of ['POST', 'GET'] as const) {
    const answer = await app.http.inject({ method, url, headers: { origin: OURS } })
    expect(answer).toMatchObject({
      statusCode: 401,
      headers: {
        'access-control-allow-origin': OURS,
        'access-control-expose-headers': expect.stringContaining('retry-after'),
        vary: 'origin',
      },
    })
    // There are no cookies to send.
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials')
  }
})

test.each(['https://evil.example.com', `${OURS}.evil.example.com`, 'null', 'http://intranet.example.com'])(
  'a page of %s is told nothing',
  async (origin) => {
    const asked = await app.http.inject({ method: 'OPTIONS', url, headers: { origin, ...preflight } })
    expect(asked).toMatchObject({ statusCode: 404 })
    const answer = await app.http.inject({ url, headers: { origin } })
    expect(answer).toMatchObject({ statusCode: 401, headers: { vary: 'origin' } })
    for (const { headers } of [asked, answer]) expect(headers).not.toHaveProperty('access-control-allow-origin')
  },
)

test('OPTIONS that asks nothing beforehand is a method no path has', async () => {
  expect(await app.http.inject({ method: 'OPTIONS', url, headers: { origin: OURS } })).toMatchObject({
    statusCode: 404,
  })
})
