import type { Channel, Outcome } from '#domains/notify/channel.ts'
import type { DirectRooms } from '#domains/notify/direct-rooms.ts'
import { callJson, numberField, reasonOf, retryAfterMs, textField } from '../messengers/http-call.ts'
import type { HttpAnswer } from '../messengers/http-call.ts'

export interface MatrixOptions {
  /** The home server, without a slash at the end. */
  readonly url: string
  readonly token: string
  readonly rate: number
  readonly rooms: DirectRooms
}

const PAUSE_UNAUTHORIZED_MS = 10 * 60_000
const WAIT_MS = 2_000

/**
 * Sends to Matrix IDs in rooms of two. The transaction id in the address makes each message arrive once however often it
 * is sent.
 */
export function createMatrixChannel({ url, token, rate, rooms }: MatrixOptions): Channel {
  const call = (method: 'POST' | 'PUT', path: string, body: unknown, signal: AbortSignal): Promise<HttpAnswer> =>
    callJson(`${url}/_matrix/client/v3${path}`, { method, headers: { authorization: `Bearer ${token}` }, body, signal })

  const roomOf = async (matrixId: string, signal: AbortSignal): Promise<string | Outcome> => {
    const known = await rooms.find(matrixId)
    if (known !== undefined) return known
    const answer = await call(
      'POST',
      '/createRoom',
      { is_direct: true, preset: 'trusted_private_chat', invite: [matrixId], name: 'Confab' },
      signal,
    )
    const room = textField(answer.body, 'room_id')
    if (answer.status !== 200 || room === '') return failureOf(answer)
    await rooms.keep(matrixId, room)
    return room
  }

  return {
    service: 'matrix',
    // An event has at most 65,536 bytes with everything around the text.
    limit: { max: 40_000, unit: 'bytes' },
    rate,
    concurrency: 4,
    send: async (message, signal) => {
      try {
        const room = await roomOf(message.recipient, signal)
        if (typeof room !== 'string') return room
        const path = `/rooms/${encodeURIComponent(room)}/send/m.room.message/${encodeURIComponent(message.key)}`
        const answer = await call('PUT', path, { msgtype: 'm.text', body: message.text }, signal)
        if (answer.status === 200)
          return { kind: 'delivered', externalId: textField(answer.body, 'event_id') || undefined }
        // We are not in the room any more: the next try makes another.
        if (answer.status === 403 || answer.status === 404) {
          await rooms.forget(message.recipient)
          return { kind: 'failed', detail: detailOf(answer) }
        }
        return failureOf(answer)
      } catch (error) {
        return { kind: 'failed', detail: reasonOf(error) }
      }
    },
  }
}

function failureOf(answer: HttpAnswer): Outcome {
  const { status, body } = answer
  const detail = detailOf(answer)
  const code = textField(body, 'errcode')
  if (status === 429 || code === 'M_LIMIT_EXCEEDED') {
    return {
      kind: 'wait',
      ms: numberField(body, 'retry_after_ms') ?? retryAfterMs(answer) ?? WAIT_MS,
      scope: 'service',
    }
  }
  if (status === 401) {
    return { kind: 'pause', reason: 'unauthorized', until: new Date(Date.now() + PAUSE_UNAUTHORIZED_MS), detail }
  }
  if (status === 403) return { kind: 'gone', detail }
  if (status >= 400 && status < 500) return { kind: 'rejected', detail }
  return { kind: 'failed', detail }
}

function detailOf({ status, body }: HttpAnswer): string {
  return `${status} ${textField(body, 'errcode')} ${textField(body, 'error')}`.trim()
}
