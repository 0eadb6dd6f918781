import { Api, GrammyError, HttpError } from 'grammy'
import type { Channel, Outcome } from '#domains/notify/channel.ts'
import { reasonOf } from '../messengers/http-call.ts'

export interface TelegramOptions {
  readonly apiUrl: string
  readonly token: string
  readonly rate: number
}

const TIMEOUT_SECONDS = 15
const PAUSE_UNAUTHORIZED_MS = 10 * 60_000
const WAIT_SECONDS = 3

/** The Bot API with our time limit; grammy throws, we answer. */
export function createTelegramApi({ apiUrl, token }: { apiUrl: string; token: string }): Api {
  return new Api(token, { apiRoot: apiUrl, timeoutSeconds: TIMEOUT_SECONDS })
}

/** Sends messages of the bot. Telegram cannot know a message again, so a crash may send one twice. */
export function createTelegramChannel(options: TelegramOptions): Channel {
  const api = createTelegramApi(options)
  return {
    service: 'telegram',
    limit: { max: 4_096, unit: 'utf16' },
    rate: options.rate,
    concurrency: 16,
    send: async (message, signal) => {
      try {
        const sent = await api.sendMessage(
          message.recipient,
          message.text,
          { link_preview_options: { is_disabled: true } },
          signal as Parameters<Api['sendMessage']>[3],
        )
        return { kind: 'delivered', externalId: String(sent.message_id) }
      } catch (error) {
        return outcomeOf(error)
      }
    },
  }
}

function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof GrammyError)) {
    return { kind: 'failed', detail: reasonOf(error instanceof HttpError ? error.error : error) }
  }
  const { error_code: code, description, parameters } = error
  const detail = `${code} ${description}`
  if (code === 429) {
    return { kind: 'wait', ms: (parameters.retry_after ?? WAIT_SECONDS) * 1000, scope: 'service' }
  }
  if (code === 401 || code === 404) {
    return { kind: 'pause', reason: 'unauthorized', until: new Date(Date.now() + PAUSE_UNAUTHORIZED_MS), detail }
  }
  if (code === 403 || /chat not found|user is deactivated|PEER_ID_INVALID/i.test(description))
    return { kind: 'gone', detail }
  if (code >= 400 && code < 500) return { kind: 'rejected', detail }
  return { kind: 'failed', detail }
}
