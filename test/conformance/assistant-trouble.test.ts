import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { echo, startFakeLanguageModel } from '#test/fakes/language-model.ts'
import type { FakeLanguageModel, Script } from '#test/fakes/language-model.ts'
import { signUp } from '#test/support/accounts.ts'
import type { SignedIn } from '#test/support/accounts.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { allEventsOf } from '#test/support/sse.ts'

let app: TestApp
let llm: FakeLanguageModel
let me: SignedIn

beforeAll(async () => {
  llm = await startFakeLanguageModel()
  app = await startTestApp({
    listen: true,
    env: { CONFAB_LLM_URL: llm.url, CONFAB_LLM_MODEL: 'big', CONFAB_LLM_KEY: 'k-secret', CONFAB_LLM_SILENCE: '3' },
  })
  me = await signUp(app, 'myself')
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

const post = (path: string, body: object): Promise<Response> =>
  fetch(app.url + path, {
    method: 'POST',
    headers: { ...me.headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  })

describe('a provider in trouble: the question is kept, the state is clear, nothing is asked again', () => {
  const cases: [string, Script, string][] = [
    [
      '401',
      ({ response }) => void response.writeHead(401).end('{"error":{"message":"bad key k-secret"}}'),
      'assistant.provider-refused',
    ],
    [
      '429',
      ({ response }) => void response.writeHead(429, { 'retry-after': '7' }).end('{}'),
      'assistant.provider-busy',
    ],
    ['404: no such model', ({ response }) => void response.writeHead(404).end('{}'), 'assistant.model-unknown'],
    ['500', ({ response }) => void response.writeHead(500).end('oops'), 'assistant.provider-failed'],
    [
      'closed in the middle of an answer',
      ({ begin, piece, response }) => {
        begin()
        piece('half an ')
        // Only once the piece has left.
        response.write('\n', () => response.destroy())
      },
      'assistant.provider-failed',
    ],
    [
      'ended without an end',
      ({ begin, piece, response }) => {
        begin()
        piece('half an ')
        response.end()
      },
      'assistant.provider-failed',
    ],
    ['silent', ({ begin }) => begin(), 'assistant.provider-silent'],
    [
      'garbage',
      ({ begin, response }) => {
        begin()
        response.end('data: {"choices": [{{{\n\ndata: \u0000\u0001\n\n')
      },
      'assistant.provider-failed',
    ],
    [
      'nothing at all',
      ({ begin, finish }) => {
        begin()
        finish()
      },
      'assistant.provider-failed',
    ],
    [
      'an event that does not end',
      ({ begin, response }) => {
        begin()
        response.write('data: ')
        const megabyte = Buffer.alloc(1_048_576, 'x')
        for (let i = 0; i < 6; i++) response.write(megabyte)
      },
      'assistant.answer-too-long',
    ],
    [
      'an answer of 10 MB',
      ({ begin, piece, finish }) => {
        begin()
        for (let i = 0; i < 100; i++) piece('x'.repeat(100_000))
        finish()
      },
      'assistant.answer-too-long',
    ],
  ]

  test.each(cases)('%s', async (_name, script, code) => {
    llm.script = script
    // Titles of earlier conversations may be asked for meanwhile.
    const asked = (): number => llm.requests.filter((one) => one.messages.at(-1)?.content === 'are you there?').length
    const before = asked()
    const events = await allEventsOf(await post('/api/chat/stream', { message: 'are you there?' }))
    expect(events.find((one) => one.event === 'error')?.data.code).toBe(code)
    expect(events.at(-1)?.event).toBe('done')
    expect(JSON.stringify(events)).not.toContain('k-secret')
    expect(asked() - before).toBe(1)
    const id = events[0]?.data.conversationId as number
    const kept = await app.http.inject({
      method: 'GET',
      url: `/api/chat/conversations/${id}/messages`,
      headers: me.headers,
    })
    const body = kept.json<Json>()
    expect(body.messages[0]).toMatchObject({ role: 'user', content: 'are you there?' })
    expect(body.messages[1]).toMatchObject({ role: 'assistant', status: 'failed', error: code })
    llm.script = echo
    const retried = await allEventsOf(await post(`/api/chat/messages/${body.messages[1].id}/regenerate`, {}))
    expect(retried.find((one) => one.event === 'complete')?.data.assistantMessage.content).toBe('are you there?')
  })

  test('a character the database cannot hold is left out of an answer', async () => {
    llm.script = ({ begin, piece, finish }) => {
      begin()
      piece('be\0fore')
      finish()
    }
    const events = await allEventsOf(await post('/api/chat/stream', { message: 'zero' }))
    expect(events.find((one) => one.event === 'complete')?.data.assistantMessage).toMatchObject({
      content: 'before',
      status: 'complete',
    })
  })

  test('a model that wants its limit by the newer name is asked in its words, and from then on at once', async () => {
    llm.script = (exchange) => {
      if ('max_tokens' in exchange.body) {
        exchange.response.writeHead(400, { 'content-type': 'application/json' })
        exchange.response.end('{"error":{"message":"Unsupported parameter: use \'max_completion_tokens\' instead."}}')
        return undefined
      }
      return echo(exchange)
    }
    const asked = (text: string): number => llm.requests.filter((one) => one.messages.at(-1)?.content === text).length
    for (const [text, times] of [
      ['reason once', 2],
      ['reason again', 1],
    ] as const) {
      const events = await allEventsOf(await post('/api/chat/stream', { message: text, model: 'reasoner' }))
      expect(events.find((one) => one.event === 'complete')?.data.assistantMessage.content).toBe(text)
      expect(asked(text)).toBe(times)
    }
  })

  test('a message larger than the window is refused with its size, and nothing is kept', async () => {
    const small = await startTestApp({
      env: {
        CONFAB_LLM_URL: llm.url,
        CONFAB_LLM_MODEL: 'big',
        CONFAB_LLM_CONTEXT: '1000',
        CONFAB_LLM_ANSWER_TOKENS: '64',
      },
    })
    try {
      const someone = await signUp(small, 'someone')
      const headers = someone.headers
      const payload = { message: '長'.repeat(5_000) }
      const answer = await small.http.inject({ method: 'POST', url: '/api/chat', headers, payload })
      expect(answer.statusCode).toBe(400)
      expect(answer.json<Json>()).toMatchObject({ error: 'Validation failed' })
      expect(answer.json<Json>().details).toMatch(/has \d+ tokens; 936 fit/)
      const list = await small.http.inject({ method: 'GET', url: '/api/chat/conversations', headers })
      expect(list.json<Json>().convs).toEqual([])
    } finally {
      await small.close()
    }
  })

  test('not reachable: 500 with the reason', async () => {
    const gone = await startTestApp({ env: { CONFAB_LLM_URL: 'http://127.0.0.1:9/v1', CONFAB_LLM_MODEL: 'm' } })
    try {
      const someone = await signUp(gone, 'someone')
      const answer = await gone.http.inject({
        method: 'POST',
        url: '/api/chat',
        headers: someone.headers,
        payload: { message: 'x' },
      })
      expect(answer.statusCode).toBe(500)
      expect(answer.json()).toMatchObject({
        error: 'Assistant failed',
        details: 'The language model cannot be reached',
      })
    } finally {
      await gone.close()
    }
  })

  test('not configured: 503 that names the setting', async () => {
    const bare = await startTestApp()
    try {
      const someone = await signUp(bare, 'someone')
      const answer = await bare.http.inject({
        method: 'POST',
        url: '/api/chat',
        headers: someone.headers,
        payload: { message: 'x' },
      })
      expect(answer.statusCode).toBe(503)
      expect(answer.json()).toMatchObject({ error: 'Assistant unavailable', message: 'Assistant unavailable' })
      expect(answer.json<Json>().details).toContain('CONFAB_LLM_URL')
      const list = await bare.http.inject({ method: 'GET', url: '/api/chat/conversations', headers: someone.headers })
      expect(list.json<Json>().convs).toEqual([])
    } finally {
      await bare.close()
    }
  })
})
