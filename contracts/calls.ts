import { Type } from 'typebox'
import { route } from './route.ts'
import { Call, CallId, CallKeys, CallLimits, CallMessage, CallStatus, CallTo, NeverCallNumber } from './schemas/call.ts'

// --- the socket (document 1, `WS /ws`) ---------------------------------------------------------------------------

export const PingFrame = Type.Object({ type: Type.Literal('ping') })

export const CallFrame = Type.Object({
  type: Type.Literal('call'),
  callId: CallId,
  to: CallTo,
  message: CallMessage,
  keys: Type.Optional(CallKeys),
})

export const CancelFrame = Type.Object({ type: Type.Literal('cancel'), callId: CallId })

/** What the server sends. */
export type ServerFrame =
  | { type: 'pong'; ts: number }
  | { type: 'call_ack'; callId: string; status: CallStatus }
  | { type: 'cancel_ack'; callId: string; status: CallStatus }
  | CallStatusFrame
  | { type: 'error'; code: string; message: string; callId?: string }

/** A change of a call, told to every socket of its account. */
export interface CallStatusFrame {
  readonly type: 'call_status'
  readonly callId: string
  readonly status: CallStatus
  /** Milliseconds since the Unix epoch. */
  readonly ts: number
  readonly reason?: string
  readonly durationMs?: number
  readonly transcript?: string
  readonly sipCode?: number
  readonly digits?: string
  /** While queued: not before this. */
  readonly notBefore?: number
}

// --- our own routes beside it ------------------------------------------------------------------------------------

const ByCallId = Type.Object({ callId: CallId })

export const createTicket = route({
  id: 'calls.ticket',
  method: 'POST',
  path: '/api/ws-ticket',
  family: 'plain',
  access: 'account',
  summary: 'A ticket that opens one WebSocket within a minute: what to put in a URL instead of a token',
  result: Type.Object({ ticket: Type.String(), wsUrl: Type.String(), expiresAt: Type.Integer() }),
  rateLimit: { max: 120, per: 'minute' },
})

export const placeCall = route({
  id: 'calls.place',
  method: 'POST',
  path: '/api/calls',
  family: 'plain',
  access: 'account',
  summary: 'Ask for a call, as the `call` frame does; the same callId again answers how it stands',
  body: Type.Object({ callId: CallId, to: CallTo, message: CallMessage, keys: Type.Optional(CallKeys) }),
  result: Call,
  rateLimit: { max: 120, per: 'minute' },
})

export const listCalls = route({
  id: 'calls.list',
  method: 'GET',
  path: '/api/calls',
  family: 'plain',
  access: 'account',
  summary: "The account's calls, newest first",
  query: Type.Object({
    status: Type.Optional(CallStatus),
    cursor: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  }),
  result: Type.Object({ calls: Type.Array(Call), nextCursor: Type.Union([Type.Integer(), Type.Null()]) }),
  rateLimit: { max: 300, per: 'minute' },
})

export const getCall = route({
  id: 'calls.get',
  method: 'GET',
  path: '/api/calls/:callId',
  family: 'plain',
  access: 'account',
  summary: 'One call',
  params: ByCallId,
  result: Call,
  rateLimit: { max: 300, per: 'minute' },
})

export const cancelCall = route({
  id: 'calls.cancel',
  method: 'POST',
  path: '/api/calls/:callId/cancel',
  family: 'plain',
  access: 'account',
  summary: 'End a call, whether it waits, rings or is spoken on; one that is over stays as it is',
  params: ByCallId,
  result: Call,
  rateLimit: { max: 120, per: 'minute' },
})

export const callService = route({
  id: 'calls.service',
  method: 'GET',
  path: '/api/call-service',
  family: 'plain',
  access: 'account',
  summary: 'Whether calls can be made here: the switch, the carrier, the voice, and what an account may do',
  result: Type.Object({
    enabled: Type.Boolean(),
    carrier: Type.Union([Type.String(), Type.Null()]),
    voice: Type.Union([Type.String(), Type.Null()]),
    countries: Type.Array(Type.String()),
    quietFrom: Type.Integer(),
    quietUntil: Type.Integer(),
    usedToday: Type.Integer(),
    dailyPerAccount: Type.Integer(),
  }),
  rateLimit: { max: 300, per: 'minute' },
})

// --- admins ------------------------------------------------------------------------------------------------------

const LimitsView = Type.Object({
  limits: CallLimits,
  /** What the operator set; what an admin changed differs from it. */
  defaults: CallLimits,
  activeNow: Type.Integer(),
  usedToday: Type.Integer(),
})

export const getCallLimits = route({
  id: 'calls.admin.limits',
  method: 'GET',
  path: '/api/admin/calls/limits',
  family: 'plain',
  access: 'admin',
  summary: 'The limits on calls in force',
  result: LimitsView,
})

export const setCallLimits = route({
  id: 'calls.admin.limits.set',
  method: 'PUT',
  path: '/api/admin/calls/limits',
  family: 'plain',
  access: 'admin',
  summary: 'Change limits; `enabled: false` is the off switch',
  body: Type.Partial(CallLimits, { minProperties: 1 }),
  result: LimitsView,
})

export const listNeverCall = route({
  id: 'calls.admin.never-call',
  method: 'GET',
  path: '/api/admin/calls/never-call',
  family: 'plain',
  access: 'admin',
  summary: 'The numbers that are never called',
  result: Type.Object({ numbers: Type.Array(NeverCallNumber) }),
})

export const addNeverCall = route({
  id: 'calls.admin.never-call.add',
  method: 'POST',
  path: '/api/admin/calls/never-call',
  family: 'plain',
  access: 'admin',
  summary: 'Never call a number',
  body: Type.Object({ number: CallTo, reason: Type.Optional(Type.String({ maxLength: 500 })) }),
  result: NeverCallNumber,
})

export const removeNeverCall = route({
  id: 'calls.admin.never-call.remove',
  method: 'DELETE',
  path: '/api/admin/calls/never-call/:number',
  family: 'plain',
  access: 'admin',
  summary: 'Take a number off the never-call list',
  params: Type.Object({ number: CallTo }),
  result: Type.Object({ success: Type.Literal(true), message: Type.String() }),
})
