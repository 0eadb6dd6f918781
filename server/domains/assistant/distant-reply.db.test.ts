import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Events } from '#contracts/events.ts'
import { createBus } from '#kernel/bus/bus.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import { silentLog } from '#kernel/log.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { createAssistant } from './assistant.ts'
import type { Assistant } from './assistant.ts'
import type { LanguageModel } from './ports.ts'

let db: TestDatabase
let bus: Bus<Events>
let writer: Assistant
let other: Assistant
let accountId: number
/** Says more of the answer; null ends it. */
let say: (piece: string | null) => void

beforeEach(async () => {
  db = await createTestDatabase()
  bus = await createBus<Events>({ log: silentLog })
  const [row] = await db.query<{ id: number }>(
    `INSERT INTO accounts (email, login, display_name, time_zone, password_hash, api_key_hash, api_key_sealed)
     VALUES ('a@example.com', 'a', 'A', 'Asia/Taipei', '', 'a', '') RETURNING id`,
  )
  accountId = row?.id ?? 0
  const waiting: (string | null)[] = []
  let wake = (): void => {}
  say = (piece) => {
    waiting.push(piece)
    wake()
  }
  const model: LanguageModel = {
    defaultModel: () => 'm',
    models: () => Promise.resolve(['m']),
    stream: async function* ({ signal }) {
      signal.addEventListener('abort', () => wake())
      while (!signal.aborted) {
        const piece = waiting.shift()
        if (piece === null) return
        if (piece === undefined) await new Promise<void>((resolve) => (wake = resolve))
        else yield piece
      }
    },
  }
  const tokenizer = { count: (text: string) => text.length }
  const parts = { db, bus, model, tokenizer, contextTokens: 1_000, answerTokens: 100, log: silentLog }
  writer = createAssistant(parts)
  other = createAssistant(parts)
})
afterEach(async () => {
  await writer.close()
  await other.close()
  await bus.close()
  await db.close()
})

describe('an answer that another process writes', () => {
  it('is followed to its end', async () => {
    const { question } = await writer.send(accountId, { message: 'hello' })
    say('one ')
    const { reply } = await other.follow(accountId, question.conversation_id)
    expect(reply?.question).toMatchObject({ id: question.id, content: 'hello' })
    const heard: string[] = [reply?.content() ?? '']
    reply?.follow((piece) => heard.push(piece))
    await vi.waitFor(() => expect(heard.join('')).toBe('one '), { timeout: 5_000 })
    say('two')
    say(null)
    expect(await reply?.done).toMatchObject({ status: 'complete', content: 'one two' })
    expect(heard.join('')).toBe('one two')
    expect((await other.follow(accountId, question.conversation_id)).last).toMatchObject({ content: 'one two' })
  })

  it('is let go of by who leaves it', async () => {
    const { question } = await writer.send(accountId, { message: 'hello' })
    const { reply } = await other.follow(accountId, question.conversation_id)
    reply?.follow(() => {})()
    expect(await reply?.done).toMatchObject({ status: 'streaming' })
  })

  it('is stopped, and nothing else is asked meanwhile', async () => {
    const { question, done } = await writer.send(accountId, { message: 'hello' })
    const conversationId = question.conversation_id
    say('half')
    await expect(other.send(accountId, { message: 'more', conversationId })).rejects.toMatchObject({
      code: 'assistant.reply-running',
    })
    expect(await other.stop(accountId, conversationId)).toBe(true)
    expect(await done).toMatchObject({ status: 'stopped' })
    expect(await other.stop(accountId, conversationId)).toBe(false)
  })
})
