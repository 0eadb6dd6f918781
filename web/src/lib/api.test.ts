import Type from 'typebox'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Family, route } from '#contracts/route.ts'
import { ApiError, NetworkError, SignedOutError } from './api-error.ts'

// The browser's storage, as far as the session uses it.
const kept = new Map<string, string>()
vi.stubGlobal('localStorage', {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
})
const { addressOf, callApi } = await import('./api.ts')
const { currentSession, onSessionChange, saveSession } = await import('./session.ts')

const thing = (family: Family, bare = false) =>
  route({
    id: 'things.get',
    method: 'GET',
    path: '/api/things/:id',
    family,
    access: 'account',
    summary: '',
    params: Type.Object({ id: Type.String() }),
    query: Type.Object({ page: Type.Optional(Type.Integer()) }),
    result: Type.Object({ name: Type.String() }),
    bare,
  })
const open = route({
  id: 'open',
  method: 'POST',
  path: '/api/open',
  family: 'meetings',
  access: 'anyone',
  summary: '',
  body: Type.Object({ word: Type.String() }),
  result: Type.Null(),
})

type Handler = (path: string, request: RequestInit) => Response | Promise<Response>
const calls: { path: string; request: RequestInit }[] = []
let handler: Handler
const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers })
const bearer = (request: RequestInit) => new Headers(request.headers).get('authorization')

beforeEach(() => {
  calls.length = 0
  kept.clear()
  saveSession({ access_token: 'first', refresh_token: 'r1', expires_in: 3600 })
  vi.stubGlobal('fetch', async (path: string, request: RequestInit) => {
    calls.push({ path, request })
    return handler(path, request)
  })
})
afterEach(() => vi.useRealTimers())

test('each family’s envelope is taken off', async () => {
  handler = () => json(200, { code: 200, message: 'Success', data: { name: 'a' } })
  expect(await callApi(thing('meetings'), { params: { id: '1' } })).toEqual({ name: 'a' })
  expect(await callApi(thing('workspace'), { params: { id: '1' } })).toEqual({ name: 'a' })
  handler = () => json(200, { message: 'ok', name: 'b' })
  expect(await callApi(thing('assistant'), { params: { id: '1' } })).toMatchObject({ name: 'b' })
  expect(await callApi(thing('plain'), { params: { id: '1' } })).toMatchObject({ name: 'b' })
  expect(await callApi(thing('workspace', true), { params: { id: '1' } })).toMatchObject({ name: 'b' })
})

test('an address has its parameters and only the query that was given', () => {
  expect(addressOf(thing('plain'), { id: 'a/b' }, { page: 2, keyword: undefined })).toBe('/api/things/a%2Fb?page=2')
  expect(addressOf(thing('plain'), { id: 1 })).toBe('/api/things/1')
})

test.each([
  ['meetings', { code: 1001, message: '用户名已存在', data: null }, 1001, '用户名已存在'],
  ['workspace', { message: '未找到', data: {}, error: { code: 'E007_NOT_FOUND' } }, 'E007_NOT_FOUND', '未找到'],
  [
    'assistant',
    { error: 'Wrong email or password', details: null, message: 'Wrong email or password' },
    404,
    'Wrong email or password',
  ],
  ['plain', { success: false, message: '無效的推文數' }, 404, '無效的推文數'],
] as const)('%s: a failure keeps its code and words', async (family, body, code, message) => {
  handler = () => json(404, body, { 'retry-after': '7' })
  const error = await callApi(thing(family), { params: { id: '1' } }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ status: 404, code, message, retryAfter: 7 })
})

test('an answer that is no JSON is a failure with a status, not a broken parse', async () => {
  handler = () => new Response('<h1>Bad gateway</h1>', { status: 502 })
  await expect(callApi(open, { body: { word: 'x' } })).rejects.toMatchObject({ status: 502, code: 502 })
})

test('no network, too long, and given up are told apart', async () => {
  handler = () => Promise.reject(new TypeError('fetch failed'))
  await expect(callApi(open, { body: { word: 'x' } })).rejects.toMatchObject({ name: 'NetworkError', timedOut: false })
  handler = (_path, { signal }) =>
    new Promise((_, fail) => signal?.addEventListener('abort', () => fail(signal.reason as Error)))
  const slow = await callApi(open, { body: { word: 'x' } }, { timeout: 5 }).catch((thrown: unknown) => thrown)
  expect(slow).toBeInstanceOf(NetworkError)
  expect(slow).toMatchObject({ timedOut: true })
  const abort = new AbortController()
  const given = callApi(open, { body: { word: 'x' } }, { signal: abort.signal })
  abort.abort()
  await expect(given).rejects.toMatchObject({ name: 'AbortError' })
})

test('a refused token is renewed once, however many calls find it refused', async () => {
  handler = (path, request) => {
    if (path === '/api/v1/auth/refresh') {
      expect(JSON.parse(request.body as string)).toEqual({ refresh_token: 'r1' })
      return json(200, { data: { access_token: 'second', refresh_token: 'r2', expires_in: 3600 } })
    }
    return bearer(request) === 'Bearer second'
      ? json(200, { data: { name: 'a' } })
      : json(401, { message: 'token expired' })
  }
  const answers = await Promise.all(['1', '2', '3'].map((id) => callApi(thing('meetings'), { params: { id } })))
  expect(answers).toEqual([{ name: 'a' }, { name: 'a' }, { name: 'a' }])
  expect(calls.filter(({ path }) => path === '/api/v1/auth/refresh')).toHaveLength(1)
  expect(currentSession()).toMatchObject({ accessToken: 'second', refreshToken: 'r2' })
})

test('a token about to run out is renewed before the call', async () => {
  saveSession({ access_token: 'first', refresh_token: 'r1', expires_in: 30 })
  handler = (path) =>
    path === '/api/v1/auth/refresh'
      ? json(200, { data: { access_token: 'second', refresh_token: 'r2', expires_in: 3600 } })
      : json(200, { data: { name: 'a' } })
  await callApi(thing('meetings'), { params: { id: '1' } })
  expect(calls.map(({ path }) => path)).toEqual(['/api/v1/auth/refresh', '/api/things/1'])
})

test('tokens another tab has just renewed are used instead of renewing again', async () => {
  handler = (path, request) => {
    if (bearer(request) === 'Bearer first') {
      saveSession({ access_token: 'from-elsewhere', refresh_token: 'r9', expires_in: 3600 })
      return json(401, {})
    }
    expect(path).toBe('/api/things/1')
    return json(200, { data: { name: 'a' } })
  }
  await callApi(thing('meetings'), { params: { id: '1' } })
  expect(calls).toHaveLength(2)
})

test('a refresh the server refuses ends the session and says why', async () => {
  const reasons: string[] = []
  const stop = onSessionChange((reason) => reasons.push(reason))
  handler = () => json(401, { message: 'no' })
  await expect(callApi(thing('meetings'), { params: { id: '1' } })).rejects.toBeInstanceOf(SignedOutError)
  expect(currentSession()).toBeNull()
  expect(reasons).toEqual(['expired'])
  stop()
})

test('a refresh that cannot reach the server keeps the session', async () => {
  handler = (path) => (path === '/api/v1/auth/refresh' ? Promise.reject(new TypeError('fetch failed')) : json(401, {}))
  await expect(callApi(thing('meetings'), { params: { id: '1' } })).rejects.toBeInstanceOf(NetworkError)
  expect(currentSession()).not.toBeNull()
})

test('what a route declares is what a call takes', () => {
  // Never run: the compiler is what is tested.
  const check = () => {
    void callApi(open, { body: { word: 'x' } })
    // @ts-expect-error the body is missing
    void callApi(open, {})
    // @ts-expect-error the body is of another type
    void callApi(open, { body: { word: 1 } })
    // @ts-expect-error the parameters are missing
    void callApi(thing('plain'))
    // @ts-expect-error no such parameter
    void callApi(thing('plain'), { params: { name: '1' } })
  }
  expect(check).toBeTypeOf('function')
})
