import { Type } from 'typebox'
import type { Static } from 'typebox'
import { Service } from './alerts.ts'

const Time = Type.String({ description: 'RFC 3339, UTC' })

/** What messages go out through. */
export const OutgoingService = Type.Union([
  Type.Literal('telegram'),
  Type.Literal('line'),
  Type.Literal('discord'),
  Type.Literal('matrix'),
  Type.Literal('email'),
])
export type OutgoingService = Static<typeof OutgoingService>

/** Where a delivery stands; all but `queued` are final. */
export const DeliveryState = Type.Union([
  Type.Literal('queued'),
  Type.Literal('delivered'),
  Type.Literal('dead'),
  Type.Literal('cancelled'),
])
export type DeliveryState = Static<typeof DeliveryState>

/** One entry of an account's notification list. */
export const Notification = Type.Object({
  id: Type.Integer(),
  kind: Type.String(),
  title: Type.String(),
  text: Type.String(),
  url: Type.Union([Type.String(), Type.Null()]),
  created_at: Time,
  read_at: Type.Union([Time, Type.Null()]),
})
export type Notification = Static<typeof Notification>

/** One message to one recipient of a service. */
export const Delivery = Type.Object({
  id: Type.Integer(),
  account_id: Type.Integer(),
  service: OutgoingService,
  recipient: Type.String(),
  kind: Type.String(),
  excerpt: Type.String(),
  part: Type.Integer(),
  parts: Type.Integer(),
  state: DeliveryState,
  attempts: Type.Integer(),
  /** A stable name of why it waits or ended: `blocked`, `expired`, `not-configured`, `rejected`, `gave-up`. */
  reason: Type.Union([Type.String(), Type.Null()]),
  detail: Type.Union([Type.String(), Type.Null()]),
  next_at: Type.Union([Time, Type.Null()]),
  created_at: Time,
  finished_at: Type.Union([Time, Type.Null()]),
})
export type Delivery = Static<typeof Delivery>

/** A service as a whole. */
export const Lane = Type.Object({
  service: OutgoingService,
  configured: Type.Boolean(),
  queued: Type.Integer(),
  delivered_today: Type.Integer(),
  dead_today: Type.Integer(),
  paused_until: Type.Union([Time, Type.Null()]),
  reason: Type.Union([Type.String(), Type.Null()]),
  detail: Type.Union([Type.String(), Type.Null()]),
})
export type Lane = Static<typeof Lane>

/** A broadcast and what became of it. */
export const Broadcast = Type.Object({
  id: Type.Integer(),
  content: Type.String(),
  platforms: Type.Array(Service),
  created_at: Time,
  sent_by: Type.Union([Type.String(), Type.Null()]),
  total: Type.Integer(),
  queued: Type.Integer(),
  delivered: Type.Integer(),
  failed: Type.Integer(),
  reasons: Type.Array(Type.Object({ reason: Type.String(), count: Type.Integer() })),
})
export type Broadcast = Static<typeof Broadcast>
