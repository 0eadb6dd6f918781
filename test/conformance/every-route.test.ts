import { Compile } from 'typebox/compile'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AnyRoute } from '#contracts/route.ts'
import { envelopes, familyOfPath } from '#surfaces/envelopes/by-family.ts'
import { fallback } from '#surfaces/mount.ts'
import type { Mounted } from '#surfaces/mount.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

/** What holds for each and every route, whatever it is for: garbage gets the family's envelope and a 4xx, and does no harm. */
let app: TestApp
let token: string
let routes: readonly Mounted[]

beforeAll(async () => {
  // A language model that is named but not there: what needs one fails later than on garbage.
  app = await startTestApp({ env: { CONFAB_LLM_URL: 'http://127.0.0.1:9/v1', CONFAB_LLM_MODEL: 'none' } })
  const body = { username: 'first', email: 'first@example.com', password: 'password123' }
  await app.http.inject({ method: 'POST', url: '/api/v1/auth/register', payload: body })
  const login = await app.http.inject({ method: 'POST', url: '/api/v1/auth/login', payload: body })
  token = (login.json() as { data: { token: string } }).data.token
  routes = app.mounted
})
afterAll(() => app.close())

/** The route's path with something in each parameter: an id that nothing has, unless told. */
function pathOf(contract: AnyRoute, parameter = '999999'): string {
  return contract.path.replace(/:\w+/g, parameter)
}

interface Sent {
  readonly status: number
  readonly body: unknown
  readonly text: string
}

async function send(
  contract: AnyRoute,
  options: { payload?: string; path?: string; type?: string; signedIn?: boolean },
): Promise<Sent> {
  const { payload, path = pathOf(contract), type = 'application/json', signedIn = true } = options
  const answer = await app.http.inject({
    method: contract.method,
    url: path,
    headers: {
      ...(payload !== undefined && { 'content-type': type }),
      ...(signedIn && { authorization: `Bearer ${token}` }),
    },
    ...(payload !== undefined && { payload }),
  })
  let body: unknown
  try {
    body = answer.json()
  } catch {
    body = undefined
  }
  return { status: answer.statusCode, body, text: answer.payload }
}

/** That an answer is a failure in the family's own shape. Where two contracts share a path, broken bodies are the fallback's. */
function expectFailure(sentTo: Mounted, sent: Sent, what: string): void {
  const siblings = routes.filter(
    (one) => one.contract.path === sentTo.contract.path && one.contract.method === sentTo.contract.method,
  )
  const entry = fallback(siblings)
  const { contract, speech } = entry
  const where = `${contract.method} ${contract.path} (${contract.id}), ${what}: ${sent.status} ${sent.text.slice(0, 200)}`
  expect(sent.status, where).toBeGreaterThanOrEqual(400)
  expect(sent.status, where).toBeLessThan(500)
  if (speech.shapeFailure === undefined) {
    const check = Compile(envelopes[contract.family].failSchema)
    expect(check.Check(sent.body), where).toBe(true)
  }
}

const takesJson = (entry: Mounted): boolean => entry.contract.body !== undefined && entry.contract.multipart !== true

/** Alone on its path: those that share one choose by the body, so what a broken body means is the fallback's to say. */
const isAlone = (entry: Mounted): boolean =>
  routes.filter((one) => one.contract.path === entry.contract.path && one.contract.method === entry.contract.method)
    .length === 1

describe('every route', () => {
  test('there are some', () => {
    expect(routes.length).toBeGreaterThan(20)
  })

  test('has an id of its own', () => {
    const ids = routes.map((one) => one.contract.id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('is of the family of its path', () => {
    for (const { contract } of routes) {
      if (contract.family === 'raw' || /^\/api\/auth\/(register|login)$/.test(contract.path)) continue
      expect(familyOfPath(contract.path), contract.id).toBe(contract.family)
    }
  })

  test('takes no integer that the database has no room for', () => {
    for (const { contract } of routes) {
      for (const part of [contract.params, contract.query, contract.body]) {
        expect(unboundedIn(part, ''), contract.id).toEqual([])
      }
    }
  })

  test('that is not open answers 401 in its envelope to nobody', async () => {
    for (const entry of routes.filter((one) => one.contract.access !== 'anyone')) {
      const sent = await send(entry.contract, { signedIn: false })
      expectFailure(entry, sent, 'no token')
      expect(sent.status, entry.contract.id).toBe(401)
    }
  })

  test('that is not open answers 401 to a forged token', async () => {
    const forged = `${token.slice(0, -4)}AAAA`
    for (const entry of routes.filter((one) => one.contract.access !== 'anyone')) {
      const answer = await app.http.inject({
        method: entry.contract.method,
        url: pathOf(entry.contract),
        headers: { authorization: `Bearer ${forged}` },
      })
      expect(answer.statusCode, entry.contract.id).toBe(401)
    }
  })

  test('refuses JSON that is none', async () => {
    for (const entry of routes.filter((one) => takesJson(one))) {
      expectFailure(entry, await send(entry.contract, { payload: '{"a": ' }), 'broken JSON')
      expectFailure(entry, await send(entry.contract, { payload: '"text"' }), 'a string')
      expectFailure(entry, await send(entry.contract, { payload: '[1]' }), 'an array')
      expectFailure(entry, await send(entry.contract, { payload: 'null' }), 'null')
      expectFailure(entry, await send(entry.contract, { payload: '{"__proto__": {"x": 1}}' }), 'a poisoned prototype')
    }
  })

  test('refuses a body of another type', async () => {
    for (const entry of routes.filter((one) => takesJson(one))) {
      expectFailure(entry, await send(entry.contract, { payload: '<a/>', type: 'text/xml' }), 'XML')
    }
  })

  test('refuses a body over its limit with 413', async () => {
    for (const entry of routes.filter((one) => takesJson(one))) {
      const limit = entry.contract.bodyLimit ?? 1_048_576
      if (limit > 8_000_000) continue
      const sent = await send(entry.contract, { payload: JSON.stringify({ filler: 'x'.repeat(limit) }) })
      expectFailure(entry, sent, 'too large')
      expect(sent.status, entry.contract.id).toBe(413)
    }
  })

  test('refuses wrong types in each required field', async () => {
    for (const entry of routes.filter((one) => takesJson(one) && isAlone(one))) {
      const { properties = {}, required = [] } = entry.contract.body as {
        properties?: Record<string, { type?: string }>
        required?: readonly string[]
      }
      for (const field of required) {
        const wrong = properties[field]?.type === 'object' ? 'text' : { nested: true }
        const sent = await send(entry.contract, { payload: JSON.stringify({ [field]: wrong }) })
        expectFailure(entry, sent, `an object as ${field}`)
      }
    }
  })

  test('refuses NUL characters and halves of characters', async () => {
    for (const entry of routes.filter((one) => takesJson(one) && isAlone(one))) {
      const { properties = {}, required = [] } = entry.contract.body as {
        properties?: Record<string, { type?: string }>
        required?: readonly string[]
      }
      const texts = Object.keys(properties).filter((name) => properties[name]?.type === 'string')
      if (texts.length === 0 || required.length === 0) continue
      const nul = Object.fromEntries(texts.map((name) => [name, 'a\0b']))
      expectFailure(entry, await send(entry.contract, { payload: JSON.stringify(nul) }), 'NUL')
      const half = Object.fromEntries(texts.map((name) => [name, 'a\ud83d']))
      expectFailure(entry, await send(entry.contract, { payload: JSON.stringify(half) }), 'half a character')
    }
  })

  test('survives JSON nested without end', async () => {
    const nest = (times: number): string => '['.repeat(times) + ']'.repeat(times)
    for (const entry of routes.filter(takesJson)) {
      const known = Object.keys((entry.contract.body as { properties?: object }).properties ?? {})
      for (const name of ['unknown', ...known]) {
        const sent = await send(entry.contract, { payload: `{"${name}":${nest(15_000)}}` })
        expect(sent.status, `${entry.contract.id} ${name}: ${sent.text.slice(0, 200)}`).toBeLessThan(500)
      }
    }
  })

  test('answers an id that is none, or far too large, with a failure', async () => {
    for (const entry of routes.filter((one) => one.contract.path.includes(':'))) {
      for (const odd of [
        'abc',
        '-1',
        '0',
        '1.5',
        '2147483648',
        '9007199254740991',
        '99999999999999999999',
        '%00',
        "1'%3B--",
        'x'.repeat(500),
      ]) {
        const sent = await send(entry.contract, {
          path: pathOf(entry.contract, odd),
          ...(takesJson(entry) && { payload: '{}' }),
        })
        expect(sent.status, `${entry.contract.id} with ${odd}: ${sent.text}`).toBeLessThan(500)
        // An integer parameter that got none has no success to tell; other ones may be free text.
        const parameters = (entry.contract.params as { properties: Record<string, { type?: string }> }).properties
        const takesIntegers = Object.values(parameters).every(({ type }) => type === 'integer')
        if (takesIntegers) expect(sent.status, `${entry.contract.id} with ${odd}`).toBeGreaterThanOrEqual(400)
      }
    }
  })

  test('refuses a query that is garbage, or ignores what it does not know', async () => {
    for (const entry of routes.filter((one) => one.contract.method === 'GET' && one.contract.family !== 'raw')) {
      for (const query of [
        '',
        'page=-1&page_size=x&limit=1e9&cursor=%00&unknown=%FF&from[]=1',
        'before=2147483648',
        'before=9007199254740991',
        'cursor=9007199254740991',
      ]) {
        const sent = await send(entry.contract, { path: `${pathOf(entry.contract)}?${query}` })
        expect(sent.status, `${entry.contract.id}?${query}: ${sent.text}`).toBeLessThan(500)
      }
    }
  })
})

describe('what is no route', () => {
  test('an unknown path answers 404 in the envelope of its prefix', async () => {
    const paths = [
      '/api/v1/nothing',
      '/api/chat/nothing',
      '/api/schedules/1/nothing',
      '/api/nothing',
      '/api/auth/nothing',
    ]
    for (const path of paths) {
      const answer = await app.http.inject({ method: 'GET', url: path })
      expect(answer.statusCode, path).toBe(404)
      const check = Compile(envelopes[familyOfPath(path)].failSchema)
      expect(check.Check(answer.json()), `${path}: ${answer.payload}`).toBe(true)
    }
  })

  test('a method that a path does not have is 404 too', async () => {
    for (const entry of routes.filter((one) => one.contract.family !== 'raw')) {
      const there = new Set(
        routes.filter((one) => sameShape(one.contract, entry.contract)).map((one) => one.contract.method),
      )
      const other = (['DELETE', 'PATCH', 'PUT'] as const).find((method) => !there.has(method))
      if (other === undefined) continue
      const answer = await app.http.inject({ method: other, url: pathOf(entry.contract) })
      expect(answer.statusCode, `${other} ${entry.contract.path}`).toBe(404)
      const check = Compile(envelopes[familyOfPath(entry.contract.path)].failSchema)
      expect(check.Check(answer.json()), `${other} ${entry.contract.path}: ${answer.payload}`).toBe(true)
    }
  })

  test('a path that is no URL gets an answer', async () => {
    for (const path of ['/api/v1/%', '/api/v1/%E0%A4%A', '/api/%00', `/api/v1/${'x'.repeat(5000)}`]) {
      const answer = await app.http.inject({ method: 'GET', url: path })
      expect(answer.statusCode, path).toBeGreaterThanOrEqual(400)
      expect(answer.statusCode, path).toBeLessThan(500)
    }
  })
})

/** The integers of a schema that may be as large as they like. */
function unboundedIn(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { type, maximum } = schema as { type?: unknown; maximum?: unknown }
  if (type === 'integer' && typeof maximum !== 'number') return [path]
  return Object.entries(schema).flatMap(([key, inner]) => unboundedIn(inner, `${path}.${key}`))
}

/** Whether two paths match the same addresses. */
function sameShape(a: AnyRoute, b: AnyRoute): boolean {
  const shape = (path: string): RegExp => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`)
  return shape(a.path).test(pathOf(b)) || shape(b.path).test(pathOf(a))
}
