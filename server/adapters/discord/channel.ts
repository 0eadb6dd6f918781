import type { Channel, Outcome } from '#domains/notify/channel.ts'
import { callJson, numberField, reasonOf, retryAfterMs, textField } from '../messengers/http-call.ts'
import type { HttpAnswer } from '../messengers/http-call.ts'

export interface DiscordOptions {
  readonly apiUrl: string
  readonly token: string
  readonly rate: number
}

/** "Cannot send messages to this user", "Unknown user", "Missing access". */
const GONE: ReadonlySet<number> = new Set([50_007, 10_013, 50_001])
const UNKNOWN_CHANNEL = 10_003
const PAUSE_UNAUTHORIZED_MS = 10 * 60_000
const WAIT_MS = 1_000
const MOST_REMEMBERED = 20_000

/**
 * Sends direct messages through the Discord API. Its nonce keeps a repeat within a few minutes from arriving twice.
 */
export function createDiscordChannel({ apiUrl, token, rate }: DiscordOptions): Channel {
  /** The direct-message channel of each user, as Discord told it. */
  const channels = new Map<string, string>()
  const post = (path: string, body: unknown, signal: AbortSignal): Promise<HttpAnswer> =>
    callJson(`${apiUrl}${path}`, { method: 'POST', headers: { authorization: `Bot ${token}` }, body, signal })

  const channelOf = async (user: string, signal: AbortSignal): Promise<string | Outcome> => {
    const known = channels.get(user)
    if (known !== undefined) return known
    const answer = await post('/users/@me/channels', { recipient_id: user }, signal)
    const id = textField(answer.body, 'id')
    if (answer.status !== 200 || id === '') return failureOf(answer)
    if (channels.size >= MOST_REMEMBERED) channels.clear()
    channels.set(user, id)
    return id
  }

  return {
    service: 'discord',
    limit: { max: 2_000, unit: 'utf16' },
    rate,
    concurrency: 8,
    send: async (message, signal) => {
      try {
        const channel = await channelOf(message.recipient, signal)
        if (typeof channel !== 'string') return channel
        const answer = await post(
          `/channels/${channel}/messages`,
          // A nonce has at most 25 characters.
          {
            content: message.text,
            nonce: message.key.replaceAll('-', '').slice(0, 25),
            enforce_nonce: true,
            allowed_mentions: { parse: [] },
          },
          signal,
        )
        if (answer.status === 200) return { kind: 'delivered', externalId: textField(answer.body, 'id') || undefined }
        if (numberField(answer.body, 'code') === UNKNOWN_CHANNEL) channels.delete(message.recipient)
        return failureOf(answer)
      } catch (error) {
        return { kind: 'failed', detail: reasonOf(error) }
      }
    },
  }
}

function failureOf(answer: HttpAnswer): Outcome {
  const { status, body } = answer
  const detail = `${status} ${textField(body, 'message')}`.trim()
  const code = numberField(body, 'code')
  if (status === 429) {
    const seconds = numberField(body, 'retry_after')
    const isGlobal = (body as { global?: unknown } | undefined)?.global === true
    const ms = seconds === undefined ? (retryAfterMs(answer) ?? WAIT_MS) : seconds * 1000
    return { kind: 'wait', ms, scope: isGlobal ? 'service' : 'recipient' }
  }
  if (code !== undefined && GONE.has(code)) return { kind: 'gone', detail }
  if (code === UNKNOWN_CHANNEL) return { kind: 'failed', detail }
  if (status === 401) {
    return { kind: 'pause', reason: 'unauthorized', until: new Date(Date.now() + PAUSE_UNAUTHORIZED_MS), detail }
  }
  if (status === 403) return { kind: 'gone', detail }
  if (status >= 400 && status < 500) return { kind: 'rejected', detail }
  return { kind: 'failed', detail }
}
