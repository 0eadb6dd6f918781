import { createHmac } from 'node:crypto'
import { startFakeServer } from './messenger-server.ts'
import type { FakeServer } from './messenger-server.ts'

/** A Messaging API server of our own: push with retry keys and a monthly limit, and replies. */
export interface FakeLine extends FakeServer {
  /** Messages that arrived, each once however often it was pushed. */
  readonly sent: { to: string; text: string }[]
  readonly replies: { token: string; text: string }[]
  /** How often a push was repeated with a key that had arrived. */
  repeats(): number
  /** Messages the month still has. */
  quota: number
}

export const LINE_TOKEN = 'line-token'
export const LINE_SECRET = 'line-secret'

/** Starts a fake. */
export async function startFakeLine(): Promise<FakeLine> {
  const sent: FakeLine['sent'] = []
  const replies: FakeLine['replies'] = []
  const keys = new Set<string>()
  let repeats = 0
  const state = { quota: Number.POSITIVE_INFINITY }

  const server = await startFakeServer(({ path, headers, body }) => {
    if (headers.authorization !== `Bearer ${LINE_TOKEN}`)
      return { status: 401, body: { message: 'Authentication failed' } }
    const { to, replyToken, messages } = (body ?? {}) as {
      to?: string
      replyToken?: string
      messages?: { text?: string }[]
    }
    const text = messages?.[0]?.text ?? ''
    if (text === '' || text.length > 5_000) {
      return { status: 400, body: { message: 'The request body has 1 error(s)' } }
    }
    if (path === '/v2/bot/message/reply') {
      replies.push({ token: replyToken ?? '', text })
      return { status: 200, body: { sentMessages: [{ id: 'r' }] } }
    }
    if (path !== '/v2/bot/message/push') return { status: 404, body: { message: 'Not found' } }
    const key = String(headers['x-line-retry-key'] ?? '')
    if (!/^[0-9a-f-]{36}$/.test(key)) return { status: 400, body: { message: 'Invalid retry key' } }
    if (keys.has(key)) {
      repeats++
      return {
        status: 409,
        body: { message: 'The retry key is already accepted' },
        headers: { 'x-line-accepted-request-id': key },
      }
    }
    if (state.quota <= 0) return { status: 429, body: { message: 'You have reached your monthly limit.' } }
    state.quota--
    keys.add(key)
    sent.push({ to: to ?? '', text })
    return { status: 200, body: { sentMessages: [{ id: String(sent.length) }] } }
  })
  return Object.assign(state, server, { sent, replies, repeats: () => repeats })
}

/** The signature LINE puts on a webhook. */
export function lineSignature(body: string): string {
  return createHmac('sha256', LINE_SECRET).update(body).digest('base64')
}
