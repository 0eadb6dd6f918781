import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { echo, startFakeLanguageModel } from '#test/fakes/language-model.ts'
import type { Exchange, FakeLanguageModel, Script } from '#test/fakes/language-model.ts'
import { signUp } from '#test/support/accounts.ts'
import type { SignedIn } from '#test/support/accounts.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { allEventsOf, eventsOf } from '#test/support/sse.ts'

let app: TestApp
let llm: FakeLanguageModel
let me: SignedIn
let other: SignedIn

beforeAll(async () => {
  llm = await startFakeLanguageModel()
  app = await startTestApp({
    listen: true,
    env: { CONFAB_LLM_URL: llm.url, CONFAB_LLM_MODEL: 'big', CONFAB_LLM_KEY: 'k-secret', CONFAB_LLM_SILENCE: '1' },
  })
  me = await signUp(app, 'myself')
  other = await signUp(app, 'other')
})
afterAll(async () => {
  await app.close()
  await llm.close()
})
beforeEach(() => {
  llm.script = echo
})

// oxlint-disable-next-line typescript/no-explicit-any -- answers are compared with what a document shows
type Json = any

async function call(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  payload?: object,
  who = me,
): Promise<{ status: number; body: Json }> {
  const answer = await app.http.inject({ method, url, headers: who.headers, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.json<Json>() }
}

const post = (path: string, body: object): Promise<Response> =>
  fetch(app.url + path, {
    method: 'POST',
    headers: { ...me.headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  })

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

describe('POST /api/chat', () => {
  test('answers with both messages, as document 3 shows', async () => {
    const { status, body } = await call('POST', '/api/chat', { message: '你好', conversationId: null })
    expect(status).toBe(200)
    expect(body.message).toBe('處裡用戶發送訊息成功')
    const { conversationId, messages } = body.result
    expect(messages).toHaveLength(2)
    expect(messages[0]).toMatchObject({ conversationId, role: 'user', content: '你好' })
    expect(messages[1]).toMatchObject({
      conversationId,
      role: 'assistant',
      content: '你好',
      status: 'complete',
      model: 'big',
    })
    expect(messages[1].tokens).toBeGreaterThan(0)
    for (const message of messages) {
      expect(message.createdAt).toMatch(ISO)
      expect(message.updatedAt).toMatch(ISO)
    }
  })

  test('goes on in a conversation, all of which the model is given', async () => {
    const first = await call('POST', '/api/chat', { message: 'one' })
    const { conversationId } = first.body.result
    await call('POST', '/api/chat', { message: 'two', conversationId })
    const asked = llm.requests.filter((one) => one.messages.at(-1)?.content === 'two')
    expect(asked[0]?.messages.map((one) => one.content)).toEqual(['one', 'one', 'two'])
  })

  test('401, 404 and 400 in the family', async () => {
    const nobody = await app.http.inject({ method: 'POST', url: '/api/chat', payload: { message: 'x' } })
    expect(nobody.statusCode).toBe(401)
    expect(nobody.json()).toMatchObject({ error: 'Unauthorized', message: 'Unauthorized' })
    const { body } = await call('POST', '/api/chat', { message: 'mine' })
    for (const conversationId of [body.result.conversationId, 999_999]) {
      const stranger = await call('POST', '/api/chat', { message: 'x', conversationId }, other)
      expect(stranger.status).toBe(404)
      expect(stranger.body).toMatchObject({ error: 'Conversation not found', message: 'Conversation not found' })
    }
    for (const payload of [
      {},
      { message: '' },
      { message: '   ' },
      { message: 5 },
      { message: 'x', conversationId: 'a' },
    ]) {
      const bad = await call('POST', '/api/chat', payload)
      expect(bad.status, JSON.stringify(payload)).toBe(400)
      expect(bad.body.error).toBe('Validation failed')
      expect(bad.body.details).not.toBe('')
    }
  })
})

describe('conversations', () => {
  test('are listed, renamed by either name of the id, and deleted', async () => {
    const { body } = await call('POST', '/api/chat', { message: '會議記錄怎麼寫？' }, other)
    const id = body.result.conversationId as number
    const list = await call('GET', '/api/chat/conversations', undefined, other)
    expect(list.body.message).toBe('已找到用戶所有對話')
    expect(list.body.convs[0]).toMatchObject({ id })
    for (const name of ['conversationId', 'id']) {
      const renamed = await call('POST', '/api/chat/conversations/update', { title: '新的標題', [name]: id }, other)
      expect(renamed.body).toMatchObject({ message: 'Update title success', conv: { id, title: '新的標題' } })
      expect(renamed.body.conv.updatedAt).toMatch(ISO)
    }
    const bad = await call('POST', '/api/chat/conversations/update', { title: ' ', conversationId: id }, other)
    expect(bad).toMatchObject({ status: 400, body: { error: 'Title validation failed' } })
    const stranger = await call('POST', '/api/chat/conversations/update', { title: 'x', conversationId: id })
    const notFound = {
      status: 404,
      body: { error: 'Not found', details: 'The conversation does not exist or is not yours', message: 'Not found' },
    }
    expect(stranger).toEqual(notFound)
    const messages = await call('GET', `/api/chat/conversations/${id}/messages`, undefined, other)
    expect(messages.body.message).toBe('已找到對話訊息')
    expect(messages.body.messages.map((one: Json) => one.role)).toEqual(['user', 'assistant'])
    expect(await call('GET', `/api/chat/conversations/${id}/messages`)).toEqual(notFound)
    expect(await call('DELETE', `/api/chat/conversations/${id}/delete`)).toEqual(notFound)
    const gone = await call('DELETE', `/api/chat/conversations/${id}/delete`, undefined, other)
    expect(gone).toMatchObject({ status: 200, body: { message: 'Delete conversation success' } })
    expect((await call('GET', `/api/chat/conversations/${id}/messages`, undefined, other)).status).toBe(404)
  })

  test('page by cursor without gap or repetition, pinned first', async () => {
    const pager = await signUp(app, 'pager')
    const ids: number[] = []
    for (let i = 0; i < 5; i++) {
      const { body } = await call('POST', '/api/chat', { message: `conversation ${i}` }, pager)
      ids.push(body.result.conversationId)
    }
    await call('PATCH', `/api/chat/conversations/${ids[1]}`, { pinned: true }, pager)
    const seen: number[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`
      const { body } = await call('GET', `/api/chat/conversations?limit=2${query}`, undefined, pager)
      seen.push(...body.convs.map((one: Json) => one.id))
      expect(body.hasMore).toBe(body.nextCursor !== null)
      cursor = body.nextCursor
    }
    expect(seen[0]).toBe(ids[1])
    expect(new Set(seen)).toEqual(new Set(ids))
    expect(seen).toHaveLength(5)
    const forged = ['', 'x', '0|1', '0|1|2026-02-30 00:00:00+00', '0|1|99999999999999999', '2|1|1', '0|9999999999|1']
    for (const text of forged) {
      const made = Buffer.from(text).toString('base64url')
      const { status, body } = await call('GET', `/api/chat/conversations?limit=2&cursor=${made}`, undefined, pager)
      expect({ status, error: body.error }, text).toEqual({ status: 400, error: 'Validation failed' })
    }
    const last = Buffer.from('1|999999999|9999999999999999').toString('base64url')
    const all = await call('GET', `/api/chat/conversations?cursor=${last}`, undefined, pager)
    expect(all.body.convs).toHaveLength(5)
  })

  test('messages page from the newest', async () => {
    const { body } = await call('POST', '/api/chat', { message: 'm1' })
    const conversationId = body.result.conversationId as number
    await call('POST', '/api/chat', { message: 'm2', conversationId })
    const newest = await call('GET', `/api/chat/conversations/${conversationId}/messages?limit=3`)
    expect(newest.body.messages.map((one: Json) => one.content)).toEqual(['m1', 'm2', 'm2'])
    const rest = await call(
      'GET',
      `/api/chat/conversations/${conversationId}/messages?limit=3&cursor=${newest.body.nextCursor}`,
    )
    expect(rest.body).toMatchObject({ hasMore: false, nextCursor: null })
    expect(rest.body.messages.map((one: Json) => one.content)).toEqual(['m1'])
  })

  test('are found by a piece of Chinese text', async () => {
    await call('POST', '/api/chat', { message: '請介紹台北的夜市美食' })
    const { body } = await call('GET', `/api/chat/search?q=${encodeURIComponent('夜市')}`)
    expect(body.hits.length).toBeGreaterThan(0)
    expect(body.hits[0].excerpt).toContain('夜市')
    expect((await call('GET', `/api/chat/search?q=${encodeURIComponent('夜市')}`, undefined, other)).body.hits).toEqual(
      [],
    )
  })

  test('carry the instructions of the account and their own', async () => {
    await call('PUT', '/api/chat/settings', { systemPrompt: 'Be brief.' })
    const { body } = await call('POST', '/api/chat', { message: 'hello' })
    const id = body.result.conversationId as number
    await call('PATCH', `/api/chat/conversations/${id}`, { systemPrompt: 'Speak like a pirate.', model: 'small' })
    await call('POST', '/api/chat', { message: 'again', conversationId: id })
    const asked = llm.requests.findLast((one) => one.messages.at(-1)?.content === 'again')
    expect(asked?.model).toBe('small')
    expect(asked?.messages[0]).toEqual({ role: 'system', content: 'Be brief.\n\nSpeak like a pirate.' })
    await call('PUT', '/api/chat/settings', { systemPrompt: null })
  })
})

describe('streams', () => {
  test('ready, delta, complete, done', async () => {
    const events = await allEventsOf(await post('/api/chat/stream', { message: 'one two three' }))
    expect(events.map((one) => one.event)).toEqual(['ready', 'delta', 'delta', 'delta', 'complete', 'done'])
    expect(events[0]?.data.userMessage).toMatchObject({ role: 'user', content: 'one two three' })
    const text = events.filter((one) => one.event === 'delta').map((one) => one.data.content as string)
    expect(text.join('')).toBe('one two three')
    expect(events[4]?.data.assistantMessage).toMatchObject({ content: 'one two three', status: 'complete' })
  })

  /** A script that says a piece and then waits until it is told to finish. */
  function held(): { script: Script; release: () => void; asked: Promise<Exchange> } {
    const release = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<Exchange>()
    return {
      release: () => release.resolve(),
      asked: asked.promise,
      script: async (exchange) => {
        exchange.begin()
        exchange.piece('first ')
        asked.resolve(exchange)
        await release.promise
        exchange.piece('second')
        exchange.finish()
      },
    }
  }

  test('an answer goes on without its reader, and another one joins it', async () => {
    const gate = held()
    llm.script = gate.script
    const leaving = new AbortController()
    const response = await fetch(`${app.url}/api/chat/stream`, {
      method: 'POST',
      headers: { ...me.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'long story' }),
      signal: leaving.signal,
    })
    let conversationId = 0
    for await (const one of eventsOf(response)) {
      if (one.event === 'ready') conversationId = one.data.conversationId as number
      if (one.event === 'delta') break
    }
    leaving.abort()
    const joined = await fetch(`${app.url}/api/chat/conversations/${conversationId}/stream`, { headers: me.headers })
    const rest = eventsOf(joined)
    expect((await rest.next()).value).toMatchObject({ event: 'ready', data: { conversationId } })
    expect((await rest.next()).value).toMatchObject({ event: 'delta', data: { content: 'first ' } })
    llm.script = echo
    gate.release()
    const events = []
    for await (const one of rest) events.push(one)
    expect(events.map((one) => one.event)).toEqual(['delta', 'complete', 'done'])
    expect(events[1]?.data.assistantMessage.content).toBe('first second')
    const late = await allEventsOf(
      await fetch(`${app.url}/api/chat/conversations/${conversationId}/stream`, { headers: me.headers }),
    )
    expect(late.map((one) => one.event)).toEqual(['ready', 'complete', 'done'])
  })

  test('stop keeps what is there and tells the provider', async () => {
    const gate = held()
    llm.script = gate.script
    const response = await post('/api/chat/stream', { message: 'tell me' })
    const events = eventsOf(response)
    const ready = (await events.next()).value
    const conversationId = ready?.data.conversationId as number
    await events.next()
    expect((await call('POST', '/api/chat', { message: 'too early', conversationId })).status).toBe(409)
    const { gone } = await gate.asked
    const stopped = await call('POST', `/api/chat/conversations/${conversationId}/stop`)
    expect(stopped.body.stopped).toBe(true)
    await gone
    const rest = []
    for await (const one of events) rest.push(one)
    expect(rest.map((one) => one.event)).toEqual(['complete', 'done'])
    expect(rest[0]?.data.assistantMessage).toMatchObject({ content: 'first ', status: 'stopped' })
    gate.release()
  })

  test('regenerate and edit make branches one can switch between', async () => {
    const { body } = await call('POST', '/api/chat', { message: 'question' })
    const { conversationId, messages } = body.result
    llm.script = ({ begin, piece, finish }) => {
      begin()
      piece('another answer')
      finish()
    }
    const again = await allEventsOf(await post(`/api/chat/messages/${messages[1].id}/regenerate`, {}))
    expect(again.find((one) => one.event === 'complete')?.data.assistantMessage.content).toBe('another answer')
    const shown = async (): Promise<Json[]> =>
      (await call('GET', `/api/chat/conversations/${conversationId}/messages`)).body.messages
    expect((await shown()).map((one) => one.content)).toEqual(['question', 'another answer'])
    expect((await shown())[1].branches).toHaveLength(2)
    await call('POST', `/api/chat/messages/${messages[1].id}/show`)
    expect((await shown()).map((one) => one.content)).toEqual(['question', 'question'])
    llm.script = echo
    await allEventsOf(await post(`/api/chat/messages/${messages[0].id}/edit`, { message: 'better question' }))
    expect((await shown()).map((one) => one.content)).toEqual(['better question', 'better question'])
    expect((await shown())[0].branches).toHaveLength(2)
    const edited = (await shown())[0].id as number
    expect((await call('DELETE', `/api/chat/messages/${edited}`)).status).toBe(200)
    expect((await shown())[0].content).toBe('question')
  })
})

test('titles come from the first message, then from the model', async () => {
  llm.script = (exchange) => {
    if (exchange.body.messages.at(-1)?.content.includes('title')) {
      exchange.begin()
      exchange.piece('標題：「夜市之旅」')
      exchange.finish()
    } else return echo(exchange)
    return undefined
  }
  const { body } = await call('POST', '/api/chat', { message: '帶我逛夜市' })
  const id = body.result.conversationId as number
  const titled = async () => (await call('GET', `/api/chat/conversations/${id}`)).body.conv.title as string
  await expect.poll(titled).toBe('夜市之旅')
})

test('export as Markdown and JSON', async () => {
  const { body } = await call('POST', '/api/chat', { message: 'export me' })
  const id = body.result.conversationId as number
  const markdown = await app.http.inject({
    method: 'GET',
    url: `/api/chat/conversations/${id}/export`,
    headers: me.headers,
  })
  expect(markdown.headers['content-type']).toContain('text/markdown')
  expect(markdown.payload).toContain('export me')
  const json = await app.http.inject({
    method: 'GET',
    url: `/api/chat/conversations/${id}/export?format=json`,
    headers: me.headers,
  })
  expect(json.json<Json>().messages).toHaveLength(2)
})
