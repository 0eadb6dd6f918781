import { createHmac, timingSafeEqual } from 'node:crypto'
import type { AnswerBot } from '#domains/alerts/commands/answer.ts'
import type { Log } from '#kernel/log.ts'
import { callJson } from '../messengers/http-call.ts'

/** Whether a webhook's body was signed with the channel secret (`X-Line-Signature`). */
export function isSignedByLine(secret: string, body: Buffer, signature: string): boolean {
  const expected = createHmac('sha256', secret).update(body).digest()
  const shown = Buffer.from(signature, 'base64')
  return shown.length === expected.length && timingSafeEqual(shown, expected)
}

/** One event of a webhook, as far as it matters to us. */
interface LineEvent {
  readonly type?: unknown
  readonly replyToken?: unknown
  readonly source?: { readonly type?: unknown; readonly userId?: unknown }
  readonly message?: { readonly type?: unknown; readonly text?: unknown }
}

/** Handles the events of a webhook. */
export interface LineBot {
  /** Never throws: an event that fails is logged and done with. */
  handle(body: unknown): Promise<void>
}

const LONGEST_TEXT = 5_000
const MOST_EVENTS = 100

/** A bot over the Messaging API; replies cost nothing of the monthly quota. */
export function createLineBot(parts: {
  apiUrl: string
  token: string
  answer: AnswerBot
  blocked: (userId: string, reason: string) => Promise<void>
  log: Log
}): LineBot {
  const { apiUrl, token, answer, blocked, log } = parts

  const reply = async (replyToken: string, text: string): Promise<void> => {
    const sent = await callJson(`${apiUrl}/v2/bot/message/reply`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: { replyToken, messages: [{ type: 'text', text: text.slice(0, LONGEST_TEXT) }] },
    })
    if (sent.status !== 200) log.warn({ status: sent.status }, 'LINE did not take a reply')
  }

  const onEvent = async ({ type, replyToken, source, message }: LineEvent): Promise<void> => {
    const userId = source?.userId
    if (typeof userId !== 'string' || source?.type !== 'user') return
    if (type === 'unfollow') return blocked(userId, 'the account was blocked')
    const text = type === 'follow' ? 'help' : message?.type === 'text' ? message.text : undefined
    if (typeof text !== 'string' || typeof replyToken !== 'string') return
    const answered = await answer({ service: 'line', serviceId: userId, text })
    await reply(replyToken, answered.text)
  }

  return {
    handle: async (body) => {
      const events = (body as { events?: unknown } | null)?.events
      if (!Array.isArray(events)) return
      for (const event of events.slice(0, MOST_EVENTS) as LineEvent[]) {
        await onEvent(event ?? {}).catch((error: unknown) => log.warn({ err: error }, 'a LINE event failed'))
      }
    },
  }
}
