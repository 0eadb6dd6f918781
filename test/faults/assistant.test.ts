import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { echo, startFakeLanguageModel } from '#test/fakes/language-model.ts'
import type { FakeLanguageModel } from '#test/fakes/language-model.ts'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { allEventsOf, eventsOf } from '#test/support/sse.ts'

/** The server ends while an answer is being written: what was there is kept and marked, and can be asked for again. */

let llm: FakeLanguageModel
let dataDir: string
let server: RunningServer
let headers: Record<string, string>
const env = (): Record<string, string> => ({ CONFAB_LLM_URL: llm.url, CONFAB_LLM_MODEL: 'big' })

beforeAll(async () => {
  llm = await startFakeLanguageModel()
  dataDir = await mkdtemp(join(tmpdir(), 'confab-assistant-'))
  server = await startServer({ dataDir, env: env() })
  const account = { username: 'writer', email: 'writer@example.com', password: 'password123' }
  await post('/api/auth/signup', account)
  const signedIn = await post('/api/auth/signin', { email: account.email, password: account.password })
  headers = { authorization: `Bearer ${((await signedIn.json()) as { token: string }).token}` }
})
afterAll(async () => {
  await server?.kill('SIGKILL')
  await llm?.close()
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})
beforeEach(() => {
  llm.script = echo
})

const post = (path: string, body: object): Promise<Response> =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  })
const get = (path: string): Promise<Response> =>
  fetch(server.url + path, { headers, signal: AbortSignal.timeout(20_000) })

interface Message {
  id: number
  role: string
  content: string
  status: string
}
const messagesOf = async (conversationId: number): Promise<Message[]> =>
  ((await (await get(`/api/chat/conversations/${conversationId}/messages`)).json()) as { messages: Message[] }).messages

/** Asks for an answer that never ends, and reads it until its first words are there. */
async function begun(question: string): Promise<number> {
  llm.script = async ({ begin, piece, gone }) => {
    begin()
    piece('the first words')
    await gone
  }
  for await (const one of eventsOf(await post('/api/chat/stream', { message: question }))) {
    if (one.event === 'ready') {
      const { conversationId } = one.data as { conversationId: number }
      await vi.waitFor(async () => expect((await messagesOf(conversationId))[1]?.content).toBe('the first words'), {
        timeout: 20_000,
        interval: 50,
      })
      return conversationId
    }
  }
  throw new Error('no answer began')
}

test.each(['SIGKILL', 'SIGTERM'] as const)('ended by %s', async (signal) => {
  const question = `before ${signal}`
  const conversationId = await begun(question)
  await server.kill(signal)
  server = await startServer({ dataDir, env: env() })
  const [asked, answer] = await messagesOf(conversationId)
  expect(asked).toMatchObject({ role: 'user', content: question, status: 'complete' })
  expect(answer).toMatchObject({ role: 'assistant', content: 'the first words', status: 'interrupted' })

  // Who comes back to follow it hears at once how it ended.
  const events = await allEventsOf(await get(`/api/chat/conversations/${conversationId}/stream`))
  expect(events.map((one) => one.event)).toEqual(['ready', 'complete', 'done'])
  expect(events[1]?.data.assistantMessage).toMatchObject({ status: 'interrupted' })

  llm.script = echo
  const again = await allEventsOf(await post(`/api/chat/messages/${answer?.id}/regenerate`, {}))
  expect(again.find((one) => one.event === 'complete')?.data.assistantMessage).toMatchObject({
    content: question,
    status: 'complete',
  })
})
