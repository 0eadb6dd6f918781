import { setTimeout as delay } from 'node:timers/promises'
import { startFakeServer } from './messenger-server.ts'
import type { FakeServer, FakeVerdict } from './messenger-server.ts'

/** A message the fake took. */
export interface TelegramSent {
  readonly chatId: string
  readonly text: string
  readonly button: string | undefined
}

/** A Bot API server of our own: sendMessage with its limits, getUpdates by long polling, getMe. */
export interface FakeTelegram extends FakeServer {
  readonly sent: TelegramSent[]
  /** Chats that blocked the bot. */
  readonly blocked: Set<string>
  /** Somebody writes to the bot. */
  /** Somebody writes to the bot: kept for polling, or returned as the webhook would bring it. */
  write(chatId: number, text: string): unknown
  /** The secret and address of the last setWebhook. */
  webhook(): { url?: string; secret_token?: string } | undefined
}

const TOKEN = '123456:fake'
export const TELEGRAM_TOKEN = TOKEN

/** Starts a fake; messages over 4,096 UTF-16 units are refused, as are chats that blocked it. */
export async function startFakeTelegram(): Promise<FakeTelegram> {
  const sent: TelegramSent[] = []
  const blocked = new Set<string>()
  let updates: { update_id: number; message: unknown }[] = []
  let nextUpdate = 1
  let webhook: { url?: string; secret_token?: string } | undefined
  const ok = (result: unknown): FakeVerdict => ({ status: 200, body: { ok: true, result } })
  const error = (code: number, description: string): FakeVerdict => ({
    status: code,
    body: { ok: false, error_code: code, description },
  })

  const sendMessage = (body: Record<string, unknown>): FakeVerdict => {
    const chatId = String(body['chat_id'])
    const text = typeof body['text'] === 'string' ? body['text'] : ''
    if (blocked.has(chatId)) return error(403, 'Forbidden: bot was blocked by the user')
    if (text === '') return error(400, 'Bad Request: message text is empty')
    if (text.length > 4_096) return error(400, 'Bad Request: message is too long')
    const markup = body['reply_markup'] as { inline_keyboard?: { url?: string }[][] } | undefined
    sent.push({ chatId, text, button: markup?.inline_keyboard?.[0]?.[0]?.url })
    return ok({ message_id: sent.length, date: 0, chat: { id: Number(chatId), type: 'private' }, text })
  }

  const getUpdates = async (body: Record<string, unknown>, signal: AbortSignal): Promise<FakeVerdict> => {
    const offset = Number(body['offset'] ?? 0)
    const until = performance.now() + Number(body['timeout'] ?? 0) * 1000
    for (;;) {
      updates = updates.filter((one) => one.update_id >= offset)
      if (updates.length > 0 || performance.now() >= until || signal.aborted) return ok(updates)
      await delay(10)
    }
  }

  const server = await startFakeServer((call, signal) => {
    const method = new RegExp(`^/bot${TOKEN}/(\\w+)$`).exec(call.path)?.[1]
    const body = (call.body ?? {}) as Record<string, unknown>
    switch (method) {
      case 'getMe':
        return ok({ id: 123456, is_bot: true, first_name: 'Fake', username: 'FakeAlertBot' })
      case 'sendMessage':
        return sendMessage(body)
      case 'getUpdates':
        if (webhook !== undefined) {
          return error(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
          )
        }
        return getUpdates(body, signal)
      case 'setWebhook':
        webhook = body
        return ok(true)
      case 'deleteWebhook':
        webhook = undefined
        return ok(true)
      case 'setMyCommands':
        return ok(true)
      case undefined:
        return error(401, 'Unauthorized')
      default:
        return error(404, 'Not Found')
    }
  })
  return {
    ...server,
    sent,
    blocked,
    webhook: () => webhook,
    write: (chatId, text) => {
      const chat = { id: chatId, type: 'private', first_name: 'Reader' }
      const message = { message_id: nextUpdate, date: 0, chat, from: { ...chat, is_bot: false }, text }
      const update = { update_id: nextUpdate++, message }
      if (webhook === undefined) updates.push(update)
      return update
    },
  }
}
