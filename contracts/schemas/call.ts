import { Type } from 'typebox'
import type { Static } from 'typebox'

/** Where a call stands; from `completed` on it is over (contract, section 3). */
export const CallStatus = Type.Union([
  Type.Literal('queued'),
  Type.Literal('dialing'),
  Type.Literal('ringing'),
  Type.Literal('in_progress'),
  Type.Literal('completed'),
  Type.Literal('busy'),
  Type.Literal('no_answer'),
  Type.Literal('failed'),
  Type.Literal('canceled'),
])
export type CallStatus = Static<typeof CallStatus>

/** The states a call can be in when nothing more will happen to it. */
export const FINAL_STATUSES = ['completed', 'busy', 'no_answer', 'failed', 'canceled'] as const

/** Whether nothing more will happen to a call in this state. */
export function isFinal(status: CallStatus): boolean {
  return (FINAL_STATUSES as readonly string[]).includes(status)
}

/** Text that can be kept: PostgreSQL's holds no NUL. Frames are checked by schemas alone. */
const KEEPABLE = '^[^\\u0000]*$'

/** What a client names a call by: its own, unique within the account. */
export const CallId = Type.String({ minLength: 1, maxLength: 128, pattern: KEEPABLE })

/** A number as it came: whether it is one is for the rules to say, in words. */
export const CallTo = Type.String({ minLength: 1, maxLength: 128 })

export const CallMessage = Type.String({ minLength: 1, maxLength: 2000, pattern: KEEPABLE })

/** Pressed once somebody answers, before anything is said: an extension, a menu's choice. `,` waits a second. */
export const CallKeys = Type.String({ pattern: '^[0-9*#,]{1,32}$' })

const Moment = Type.Union([Type.Integer(), Type.Null()], { description: 'Milliseconds since the Unix epoch' })
const Text = Type.Union([Type.String(), Type.Null()])

/** One call as its account sees it. */
export const Call = Type.Object({
  callId: Type.String(),
  to: Type.String(),
  message: Type.String(),
  keys: Text,
  status: CallStatus,
  /** Why it stands there, as a stable name: `no_carrier`, `quiet_hours`, `rejected`. */
  reason: Text,
  /** The last status the other side answered with, by SIP's numbers (RFC 3261, section 21). */
  sipCode: Type.Union([Type.Integer(), Type.Null()]),
  carrier: Text,
  /** How often it was dialled. */
  attempts: Type.Integer(),
  createdAt: Type.Integer(),
  /** While it is queued: not before this. */
  notBefore: Moment,
  dialingAt: Moment,
  ringingAt: Moment,
  answeredAt: Moment,
  endedAt: Moment,
  durationMs: Type.Union([Type.Integer(), Type.Null()]),
  /** Keys pressed by whoever answered. */
  digits: Text,
  transcript: Text,
})
export type Call = Static<typeof Call>

/** What may be set about calls, by the operator as defaults and by an admin over them. */
export const CallLimits = Type.Object({
  /** The switch: off refuses new calls and dials none that wait. */
  enabled: Type.Boolean(),
  /** ISO 3166 codes of the countries that may be called. */
  countries: Type.Array(Type.String({ pattern: '^[A-Z]{2}$' }), { maxItems: 250 }),
  activePerAccount: Type.Integer({ minimum: 1, maximum: 1000 }),
  activePerDestination: Type.Integer({ minimum: 1, maximum: 1000 }),
  activeInAll: Type.Integer({ minimum: 1, maximum: 10_000 }),
  /** In any 24 hours. */
  dailyPerAccount: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  dailyPerDestination: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  dailyInAll: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  /** Hours of the destination's day, 0 to 23; the same twice: never quiet. */
  quietFrom: Type.Integer({ minimum: 0, maximum: 23 }),
  quietUntil: Type.Integer({ minimum: 0, maximum: 23 }),
})
export type CallLimits = Static<typeof CallLimits>

/** A number that is never called. */
export const NeverCallNumber = Type.Object({
  number: Type.String(),
  reason: Type.String(),
  createdAt: Type.Integer(),
})
export type NeverCallNumber = Static<typeof NeverCallNumber>
