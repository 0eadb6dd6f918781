import type { Channel, Outcome } from '#domains/notify/channel.ts'
import { callJson, reasonOf, retryAfterMs, textField } from '../messengers/http-call.ts'
import type { HttpAnswer } from '../messengers/http-call.ts'

export interface LineOptions {
  readonly apiUrl: string
  readonly token: string
  readonly rate: number
}

const PAUSE_UNAUTHORIZED_MS = 10 * 60_000
const WAIT_MS = 2_000

/**
 * Pushes messages through the LINE Messaging API. `X-Line-Retry-Key` makes each message arrive once however often it is
 * sent: a repeat is answered 409.
 */
export function createLineChannel({ apiUrl, token, rate }: LineOptions): Channel {
  return {
    service: 'line',
    limit: { max: 5_000, unit: 'utf16' },
    rate,
    concurrency: 16,
    send: async (message, signal) => {
      try {
        const answer = await callJson(`${apiUrl}/v2/bot/message/push`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'x-line-retry-key': message.key },
          body: { to: message.recipient, messages: [{ type: 'text', text: message.text }] },
          signal,
        })
        return outcomeOf(answer)
      } catch (error) {
        return { kind: 'failed', detail: reasonOf(error) }
      }
    },
  }
}

function outcomeOf(answer: HttpAnswer): Outcome {
  const { status, body } = answer
  const detail = `${status} ${textField(body, 'message')}`.trim()
  if (status === 200) {
    const sent = (body as { sentMessages?: { id?: unknown }[] } | undefined)?.sentMessages?.[0]?.id
    return { kind: 'delivered', externalId: typeof sent === 'string' ? sent : undefined }
  }
  // This retry key was accepted before: the message is there.
  if (status === 409) return { kind: 'delivered', externalId: answer.header('x-line-accepted-request-id') ?? undefined }
  if (status === 429) {
    if (/monthly limit/i.test(textField(body, 'message'))) {
      return { kind: 'pause', reason: 'quota', until: startOfNextMonth(new Date()), detail }
    }
    return { kind: 'wait', ms: retryAfterMs(answer) ?? WAIT_MS, scope: 'service' }
  }
  if (status === 401) {
    return { kind: 'pause', reason: 'unauthorized', until: new Date(Date.now() + PAUSE_UNAUTHORIZED_MS), detail }
  }
  if (status === 403 || status === 404) return { kind: 'gone', detail }
  if (status === 400) return { kind: 'rejected', detail }
  return { kind: 'failed', detail }
}

/** LINE counts by the month of Japan (UTC+9). */
export function startOfNextMonth(now: Date): Date {
  const inJapan = new Date(now.getTime() + 9 * 3_600_000)
  return new Date(Date.UTC(inJapan.getUTCFullYear(), inJapan.getUTCMonth() + 1, 1) - 9 * 3_600_000)
}
