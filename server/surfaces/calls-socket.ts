import { Compile } from 'typebox/compile'
import { CallFrame, CancelFrame, PingFrame } from '#contracts/calls.ts'
import type { CallStatusFrame, ServerFrame } from '#contracts/calls.ts'
import type { Events } from '#contracts/events.ts'
import type { Calls } from '#domains/calls/calls.ts'
import type { CallWords } from '#domains/calls/notices.ts'
import type { CallRequest } from '#domains/calls/placing.ts'
import type { CallSessions } from '#domains/calls/sessions.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import { Fault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { frameCodeOf, sentenceOf } from './calls-words.ts'
import type { Connection } from './realtime/connection.ts'
import type { SocketHandler, SocketRoute } from './realtime/sockets.ts'

/** What the sockets of `/ws` are made of. */
export interface CallSocketParts {
  readonly calls: Calls
  readonly sessions: CallSessions
  readonly bus: Bus<Events>
  readonly clock: Clock
  readonly log: Log
  readonly words: CallWords
}

const FRAMES = {
  ping: Compile(PingFrame),
  call: Compile(CallFrame),
  cancel: Compile(CancelFrame),
}

/** Frames that wait for the database, per socket; a client that sends more before the answers is told to wait. */
const MOST_WAITING = 64

/** `WS /ws` of document 1: pings, calls, and every change of a call to all sockets of its account. */
export function createCallSockets(parts: CallSocketParts): { route: SocketRoute; close(): void } {
  const { bus, sessions, log } = parts
  const byAccount = new Map<number, Set<CallSocket>>()

  const unsubscribe = bus.subscribe('calls.call.changed', (change) => {
    const sockets = byAccount.get(change.accountId)
    if (sockets === undefined) return
    const frame = statusFrame(change)
    for (const socket of sockets) socket.status(frame)
  })

  const route: SocketRoute = {
    path: '/ws',
    open: async (connection) => {
      const { id, principal } = connection
      await sessions.open(id, principal.accountId)
      const socket = new CallSocket(connection, parts)
      const siblings = byAccount.get(principal.accountId) ?? new Set()
      byAccount.set(principal.accountId, siblings.add(socket))
      return {
        message: (text) => socket.message(text),
        closed: () => {
          siblings.delete(socket)
          if (siblings.size === 0 && byAccount.get(principal.accountId) === siblings) {
            byAccount.delete(principal.accountId)
          }
          sessions.close(id).catch((error: unknown) => log.warn({ err: error }, 'a closed socket was not written down'))
        },
      }
    },
  }
  return { route, close: unsubscribe }
}

/** One open socket. Its frames are answered in order. */
class CallSocket implements SocketHandler {
  private readonly connection: Connection
  private readonly parts: CallSocketParts
  private waiting = 0
  private turn: Promise<void> = Promise.resolve()
  /** Changes of calls whose acknowledgement is not out yet: the client must hear of the call itself first. */
  private readonly held = new Map<string, CallStatusFrame[]>()

  constructor(connection: Connection, parts: CallSocketParts) {
    this.connection = connection
    this.parts = parts
  }

  /** @inheritdoc */
  message(text: string): void {
    this.parts.sessions.seen(this.connection.id)
    let frame: unknown
    try {
      frame = JSON.parse(text)
    } catch {
      return this.refuse('invalid_frame', '訊息格式錯誤：不是有效的 JSON')
    }
    if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) {
      return this.refuse('invalid_frame', '訊息格式錯誤：必須是 JSON 物件')
    }
    if (FRAMES.ping.Check(frame)) return this.send({ type: 'pong', ts: this.parts.clock.now() })
    if (FRAMES.call.Check(frame)) {
      const { type: _type, ...request } = frame
      return this.enqueue(request.callId, () => this.call(request))
    }
    if (FRAMES.cancel.Check(frame)) {
      const { callId } = frame
      return this.enqueue(callId, () => this.cancel(callId))
    }
    this.explain(frame as Readonly<Record<string, unknown>>)
  }

  /** @inheritdoc */
  closed(): void {}

  status(frame: CallStatusFrame): void {
    const held = this.held.get(frame.callId)
    if (held === undefined) this.send(frame)
    else held.push(frame)
  }

  private async call(request: CallRequest): Promise<void> {
    const { callId } = request
    if (!this.held.has(callId)) this.held.set(callId, [])
    try {
      const { accountId } = this.connection.principal
      const { status } = await this.parts.calls.place(accountId, request)
      this.send({ type: 'call_ack', callId, status })
    } finally {
      const held = this.held.get(callId) ?? []
      this.held.delete(callId)
      // A new call that simply waits was acknowledged as just that.
      for (const frame of held) if (frame.status !== 'queued' || frame.reason !== undefined) this.send(frame)
    }
  }

  private async cancel(callId: string): Promise<void> {
    const { status } = await this.parts.calls.cancel(this.connection.principal.accountId, callId)
    this.send({ type: 'cancel_ack', callId, status })
  }

  private enqueue(callId: string, work: () => Promise<void>): void {
    if (this.waiting >= MOST_WAITING) return this.refuse('too_many_frames', '訊息過多，請稍後再試', callId)
    this.waiting++
    this.turn = this.turn
      .then(work)
      .catch((error: unknown) => this.fail(error, callId))
      .finally(() => this.waiting--)
  }

  private fail(error: unknown, callId: string): void {
    if (error instanceof Fault) return this.refuse(frameCodeOf(error), sentenceOf(error, this.parts.words), callId)
    this.parts.log.error({ err: error }, 'a frame could not be answered')
    this.refuse('server_error', '伺服器錯誤', callId)
  }

  /** Says what is wrong with a frame of a known kind, or that the kind is not known. */
  private explain(frame: Readonly<Record<string, unknown>>): void {
    const { type, callId } = frame
    const named = typeof callId === 'string' && callId.length <= 128 ? callId : undefined
    if (type !== 'call' && type !== 'cancel') return this.refuse('unknown_type', '不支援的訊息類型', named)
    const [first] = FRAMES[type].Errors(frame)
    const field = (first?.instancePath ?? '').slice(1) || missingField(type, frame)
    this.refuse('invalid_frame', `訊息格式錯誤：${field} 無效或缺少`, named)
  }

  private refuse(code: string, message: string, callId?: string): void {
    this.send({ type: 'error', code, message, ...(callId !== undefined && { callId }) })
  }

  private send(frame: ServerFrame): void {
    this.connection.send(JSON.stringify(frame))
  }
}

const REQUIRED = { call: ['callId', 'to', 'message'], cancel: ['callId'] } as const

function missingField(type: keyof typeof REQUIRED, frame: Readonly<Record<string, unknown>>): string {
  return REQUIRED[type].find((field) => frame[field] === undefined) ?? type
}

function statusFrame(change: Events['calls.call.changed']): CallStatusFrame {
  const { callId, status, ts, reason, durationMs, transcript, sipCode, digits, notBefore } = change
  return {
    type: 'call_status',
    callId,
    status,
    ts,
    ...(reason !== null && { reason }),
    ...(durationMs !== null && { durationMs }),
    ...(transcript !== null && { transcript }),
    ...(sipCode !== null && { sipCode }),
    ...(digits !== null && { digits }),
    ...(notBefore !== null && { notBefore }),
  }
}
