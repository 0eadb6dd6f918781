import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLog } from '#kernel/log.ts'
import { MATRIX_TOKEN, startFakeMatrix } from '#test/fakes/matrix.ts'
import type { FakeMatrix } from '#test/fakes/matrix.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { connectCalls } from '#test/support/call-client.ts'
import type { CallClient } from '#test/support/call-client.ts'

// Document 1, and section 3 of the contract, with no carrier configured.
let app: TestApp
let matrix: FakeMatrix
/** Everything the product logs, whatever its weight. */
const logged: string[] = []
const open: CallClient[] = []

interface Registered {
  readonly token: string
  readonly apiKey: string
}

async function register(email: string): Promise<Registered> {
  const answer = await app.http.inject({
    method: 'POST',
    url: '/api/auth/register',
    payload: { email, password: 'password123' },
  })
  const { token, user } = answer.json<{ token: string; user: { apiKey: string } }>()
  return { token, apiKey: user.apiKey }
}

const socketUrl = (token: string): string => `${app.url.replace('http', 'ws')}/ws?token=${token}`

async function connect(token: string): Promise<CallClient> {
  const client = await connectCalls(socketUrl(token))
  open.push(client)
  return client
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

interface Dashboard {
  wsUrl: string
  sessions: { id: string; created_at: number; last_seen: number; active: 0 | 1 }[]
}

async function dashboard(token: string): Promise<Dashboard> {
  const host = new URL(app.url).host
  const answer = await app.http.inject({ url: '/api/dashboard', headers: { ...bearer(token), host } })
  expect(answer.statusCode).toBe(200)
  return answer.json<Dashboard>()
}

let caller: Registered

beforeAll(async () => {
  matrix = await startFakeMatrix()
  app = await startTestApp({
    listen: true,
    env: { CONFAB_MATRIX_URL: matrix.url, CONFAB_MATRIX_TOKEN: MATRIX_TOKEN },
    log: createLog({ level: 'trace', destination: { write: (line) => void logged.push(line) } }),
  })
  await register('admin@example.com')
  caller = await register('caller@example.com')
})
afterAll(async () => {
  for (const client of open) await client.close()
  await app.close()
  await matrix.close()
})

const aCall = { type: 'call', to: '+886912345678', message: '您好,幫我預約明天門診' }

describe('the socket', () => {
  test('opens at the address the dashboard gives, and answers ping with the time', async () => {
    const { wsUrl } = await dashboard(caller.token)
    expect(wsUrl).toBe(socketUrl(encodeURIComponent(caller.token)))
    const client = await connectCalls(wsUrl)
    open.push(client)
    const before = Date.now()
    client.send({ type: 'ping' })
    const pong = await client.waitFor('pong')
    expect(Object.keys(pong).toSorted()).toEqual(['ts', 'type'])
    expect(pong.ts).toBeGreaterThanOrEqual(before)
    expect(pong.ts).toBeLessThanOrEqual(Date.now())
  })

  test('opens for an API key, in the URL and in a header', async () => {
    const client = await connect(caller.apiKey)
    client.send({ type: 'ping' })
    await client.waitFor('pong')
    const other = await connectCalls(`${app.url.replace('http', 'ws')}/ws`, { headers: { 'x-api-key': caller.apiKey } })
    open.push(other)
    other.send({ type: 'ping' })
    await other.waitFor('pong')
  })

  test('opens for nobody without a credential, or with a forged one', async () => {
    const refused = 'refused with 401: {"success":false,"message":"未授權"}'
    await expect(connectCalls(`${app.url.replace('http', 'ws')}/ws`)).rejects.toThrow(refused)
    await expect(connectCalls(socketUrl('forged'))).rejects.toThrow(refused)
    await expect(connectCalls(socketUrl('occ_forged'))).rejects.toThrow(refused)
    // Without an upgrade there is nothing at the path; that is said as all of document 1 is.
    const plain = await app.http.inject({ url: '/ws' })
    expect({ status: plain.statusCode, body: plain.json() }).toEqual({
      status: 404,
      body: { success: false, message: '資源不存在' },
    })
  })

  test('is a session on the dashboard while it is open, and seen with every frame', async () => {
    const own = await register('sessions@example.com')
    expect((await dashboard(own.token)).sessions).toEqual([])
    const client = await connect(own.token)
    await expect.poll(async () => (await dashboard(own.token)).sessions.length).toBe(1)
    const [first] = (await dashboard(own.token)).sessions
    expect(first).toMatchObject({ active: 1 })
    expect(first?.id).toMatch(/^[0-9a-f-]{36}$/)
    client.send({ type: 'ping' })
    const pong = await client.waitFor('pong')
    const [seen] = (await dashboard(own.token)).sessions
    expect(seen?.last_seen).toBeGreaterThanOrEqual(pong.ts)
    await client.close()
    await expect.poll(async () => (await dashboard(own.token)).sessions[0]?.active).toBe(0)
  })

  test('closes when the key it was opened with is renewed', async () => {
    const own = await register('renewed@example.com')
    const byKey = await connect(own.apiKey)
    const byToken = await connect(own.token)
    await app.http.inject({ method: 'POST', url: '/api/user/regenerate-api-key', headers: bearer(own.token) })
    expect((await byKey.closed).code).toBe(4401)
    byToken.send({ type: 'ping' })
    await byToken.waitFor('pong')
  })
})

describe('a ticket', () => {
  const issue = async (headers: Record<string, string>) => {
    const { host } = new URL(app.url)
    const answer = await app.http.inject({ method: 'POST', url: '/api/ws-ticket', headers: { ...headers, host } })
    expect(answer.statusCode).toBe(200)
    return answer.json<{ ticket: string; wsUrl: string; expiresAt: number }>()
  }

  test('opens one socket, once', async () => {
    const { wsUrl, ticket } = await issue(bearer(caller.token))
    expect(wsUrl).not.toContain(caller.token)
    const client = await connectCalls(wsUrl)
    open.push(client)
    client.send({ type: 'ping' })
    await client.waitFor('pong')
    await expect(connect(ticket)).rejects.toThrow('refused with 401')
  })

  test('is no token anywhere else', async () => {
    const { ticket } = await issue({ 'x-api-key': caller.apiKey })
    const answer = await app.http.inject({ url: '/api/user/me', headers: bearer(ticket) })
    expect(answer.statusCode).toBe(401)
  })

  test('dies with the session it was made for', async () => {
    const own = await register('ended@example.com')
    const { ticket } = await issue({ 'x-api-key': own.apiKey })
    await app.http.inject({ method: 'POST', url: '/api/user/regenerate-api-key', headers: bearer(own.token) })
    await expect(connect(ticket)).rejects.toThrow('refused with 401')
  })
})

describe('a call', () => {
  test('is acknowledged as queued, and without a carrier fails saying so, to every socket of the account', async () => {
    const client = await connect(caller.token)
    const sibling = await connect(caller.apiKey)
    const stranger = await connect((await register('stranger@example.com')).token)
    client.send({ ...aCall, callId: 'call-123' })
    const ack = await client.waitFor('call_ack')
    expect(ack).toEqual({ type: 'call_ack', callId: 'call-123', status: 'queued' })
    const end = await client.waitFor('call_status', (frame) => frame.status === 'failed')
    expect(end).toMatchObject({ type: 'call_status', callId: 'call-123', status: 'failed', reason: 'no_carrier' })
    expect(typeof end.ts).toBe('number')
    await sibling.waitFor('call_status', (frame) => frame.status === 'failed')
    expect(client.frames.findIndex((frame) => frame.type === 'call_ack')).toBeLessThan(
      client.frames.findIndex((frame) => frame.type === 'call_status'),
    )
    expect(stranger.frames).toEqual([])
  })

  test('reports its end, and nothing before it, to the Matrix ID of the account', async () => {
    const own = await register('matrix@example.com')
    const payload = { matrixId: '@yourname:matrix.example.com' }
    await app.http.inject({ method: 'PUT', url: '/api/user/matrix', headers: bearer(own.token), payload })
    const client = await connect(own.token)
    client.send({ ...aCall, callId: 'told' })
    await expect.poll(() => matrix.sent, { timeout: 10_000 }).toHaveLength(1)
    expect(matrix.sent[0]).toMatchObject({ to: payload.matrixId })
    expect(matrix.sent[0]?.text).toContain(aCall.to)
    expect(matrix.sent[0]?.text).toContain(aCall.message)
  })

  test('of the same callId is acknowledged as it stands, whatever else is asked, and not made again', async () => {
    const client = await connect(caller.token)
    client.send({ ...aCall, callId: 'twice' })
    await client.waitFor('call_status', ({ callId, status }) => callId === 'twice' && status === 'failed')
    client.send({ ...aCall, callId: 'twice' })
    await client.waitFor('call_ack', ({ callId, status }) => callId === 'twice' && status === 'failed')
    const acks = () => client.frames.filter((frame) => frame.type === 'call_ack')
    client.send({ ...aCall, callId: 'twice', message: '別的內容' })
    await expect.poll(acks).toHaveLength(3)
    expect(acks().at(-1)).toEqual({ type: 'call_ack', callId: 'twice', status: 'failed' })
    const kept = await app.http.inject({ url: '/api/calls/twice', headers: bearer(caller.token) })
    expect(kept.json()).toMatchObject({ message: aCall.message, attempts: 1 })
  })

  test('is readable, in a list and alone, by its own account only', async () => {
    const client = await connect(caller.token)
    client.send({ ...aCall, callId: 'read/ü 1' })
    await client.waitFor('call_status', ({ callId, status }) => callId === 'read/ü 1' && status === 'failed')
    const path = `/api/calls/${encodeURIComponent('read/ü 1')}`
    const one = await app.http.inject({ url: path, headers: bearer(caller.token) })
    expect(one.statusCode).toBe(200)
    expect(one.json()).toMatchObject({
      callId: 'read/ü 1',
      to: '+886912345678',
      message: aCall.message,
      status: 'failed',
      reason: 'no_carrier',
      attempts: 1,
      durationMs: null,
    })
    const list = await app.http.inject({ url: '/api/calls?limit=1', headers: { 'x-api-key': caller.apiKey } })
    const page = list.json<{ calls: { callId: string }[]; nextCursor: number }>()
    expect(page.calls.map((call) => call.callId)).toEqual(['read/ü 1'])
    const next = await app.http.inject({ url: `/api/calls?cursor=${page.nextCursor}`, headers: bearer(caller.token) })
    expect(next.json<{ calls: { callId: string }[] }>().calls.map((call) => call.callId)).toContain('call-123')
    const other = await register('reader@example.com')
    const foreign = await app.http.inject({ url: path, headers: bearer(other.token) })
    expect(foreign.statusCode).toBe(404)
    expect(foreign.json()).toEqual({ success: false, message: '找不到這通電話' })
  })

  test('that is refused says why in the language asked for, and in document 1’s otherwise', async () => {
    const refusal = async (language: string | undefined) => {
      const headers = { ...bearer(caller.token), ...(language !== undefined && { 'accept-language': language }) }
      return (await app.http.inject({ url: '/api/calls/nothing', headers })).json<unknown>()
    }
    expect(await refusal(undefined)).toEqual({ success: false, message: '找不到這通電話' })
    expect(await refusal('fr')).toEqual({ success: false, message: '找不到這通電話' })
    expect(await refusal('zh-CN,en;q=0.5')).toEqual({ success: false, message: '找不到这通电话' })
    expect(await refusal('en-GB')).toEqual({ success: false, message: 'There is no such call.' })
  })

  test('can be asked for by HTTP, with the same result', async () => {
    const { type: _type, ...payload } = aCall
    const answer = await app.http.inject({
      method: 'POST',
      url: '/api/calls',
      headers: bearer(caller.token),
      payload: { ...payload, callId: 'by-http' },
    })
    expect(answer.json()).toMatchObject({ callId: 'by-http', status: 'queued' })
  })

  test('that is over stays as it is when cancelled; one that is none is an error', async () => {
    const client = await connect(caller.token)
    client.send({ type: 'cancel', callId: 'nothing' })
    const error = await client.waitFor('error', ({ callId }) => callId === 'nothing')
    expect(error.code).toBe('missing')
    client.send({ ...aCall, callId: 'over' })
    await client.waitFor('call_status', ({ callId, status }) => callId === 'over' && status === 'failed')
    client.send({ type: 'cancel', callId: 'over' })
    expect(await client.waitFor('cancel_ack')).toEqual({ type: 'cancel_ack', callId: 'over', status: 'failed' })
  })
})

describe('a malformed frame', () => {
  const bad: readonly (readonly [string, string | Buffer, string])[] = [
    ['no JSON', '{"type":', 'invalid_frame'],
    ['an array', '[]', 'invalid_frame'],
    ['null', 'null', 'invalid_frame'],
    ['a number', '7', 'invalid_frame'],
    ['an unknown type', '{"type":"dial"}', 'unknown_type'],
    ['no type', '{}', 'unknown_type'],
    ['bytes', Buffer.from([0xff, 0xfe, 0x00, 0x80]), 'invalid_frame'],
    ['a call without a number', '{"type":"call","callId":"x","message":"m"}', 'invalid_frame'],
    ['a call without callId', '{"type":"call","to":"+886912345678","message":"m"}', 'invalid_frame'],
    ['an empty message', '{"type":"call","callId":"x","to":"+886912345678","message":""}', 'invalid_frame'],
    ['a cancel of nothing', '{"type":"cancel"}', 'invalid_frame'],
    ['a callId too long', JSON.stringify({ ...aCall, callId: 'x'.repeat(129) }), 'invalid_frame'],
    ['a message too long', JSON.stringify({ ...aCall, callId: 'x', message: 'x'.repeat(2001) }), 'invalid_frame'],
    ['a callId with a NUL', JSON.stringify({ ...aCall, callId: 'a\0b' }), 'invalid_frame'],
    ['a message with a NUL', JSON.stringify({ ...aCall, callId: 'x', message: 'a\0b' }), 'invalid_frame'],
    ['a cancel with a NUL', JSON.stringify({ type: 'cancel', callId: 'a\0b' }), 'invalid_frame'],
    ['a callId with a line break', JSON.stringify({ ...aCall, callId: 'a\r\nb' }), 'call_id_invalid'],
    ['a blank message', JSON.stringify({ ...aCall, callId: 'blank', message: ' \n ' }), 'message_empty'],
  ]
  test.each(bad)('%s is an error, and the socket stays open', async (_name, data, code) => {
    const client = await connect(caller.token)
    client.sendRaw(data)
    const error = await client.waitFor('error')
    expect(error.code).toBe(code)
    expect(error.message).not.toBe('')
    client.send({ type: 'ping' })
    await client.waitFor('pong')
  })

  test('names the call it is about', async () => {
    const client = await connect(caller.token)
    client.send({ type: 'call', callId: 'named', to: 7 })
    expect(await client.waitFor('error')).toMatchObject({ code: 'invalid_frame', callId: 'named' })
  })

  test('of more than 64 KiB closes the socket with 1009', async () => {
    const client = await connect(caller.token)
    client.sendRaw('x'.repeat(65_537))
    expect((await client.closed).code).toBe(1009)
  })
})

describe('a number', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['0912345678', 'number_invalid'],
    ['+886 912 345 678', 'number_invalid'],
    ['+886912345678;ext=1', 'number_invalid'],
    ['sip:+886912345678@evil.example', 'number_invalid'],
    ['+886912345678\r\nContact: <sip:x@evil>', 'number_invalid'],
    ['+886912345678\n', 'number_invalid'],
    ['+８８６９１２３４５６７８', 'number_invalid'],
    ['+88691234567899', 'number_invalid'],
    ['+999123456789', 'number_invalid'],
    ['+12127365000', 'country_refused'],
    ['+886203012345', 'number_refused'],
  ]
  test.each(refused)('%j is refused: %s', async (to, code) => {
    const client = await connect(caller.token)
    client.send({ ...aCall, callId: `to ${code}`, to })
    expect(await client.waitFor('error')).toMatchObject({ code, callId: `to ${code}` })
  })
})

test('ten thousand calls asked for by one account disturb nobody else', { timeout: 60_000 }, async () => {
  const flooding = await connect((await register('flood@example.com')).token)
  const other = await connect((await register('calm@example.com')).token)
  for (let at = 0; at < 10_000; at++) {
    const to = `+88691${String(1_000_000 + at).padStart(7, '0')}`
    flooding.send({ type: 'call', callId: `flood-${at}`, to, message: 'x' })
  }
  other.send({ ...aCall, callId: 'calm', to: '+886912345677' })
  await other.waitFor('call_status', ({ callId, status }) => callId === 'calm' && status === 'failed')
  const answers = () => flooding.frames.filter((frame) => frame.type === 'call_ack' || frame.type === 'error')
  await expect.poll(() => answers().length, { timeout: 45_000 }).toBe(10_000)
  const taken = answers().filter((frame) => frame.type === 'call_ack').length
  expect(taken).toBeGreaterThan(0)
  expect(taken).toBeLessThanOrEqual(50)
  const codes = new Set(answers().flatMap((frame) => (frame.type === 'error' ? [frame.code] : [])))
  expect([...codes].filter((code) => code !== 'too_many_frames' && code !== 'account_limit')).toEqual([])
})

test('none of this wrote a credential into the log', async () => {
  const client = await connect(caller.token)
  await client.close()
  await expect(connect(`${caller.token}x`)).rejects.toThrow('refused with 401')
  expect(logged.some((line) => line.includes('/ws'))).toBe(true)
  expect(logged.filter((line) => line.includes(caller.token) || line.includes(caller.apiKey))).toEqual([])
})
