import { Type } from 'typebox'
import type { Static } from 'typebox'

/** A number from a path: positive, within PostgreSQL's integer. */
export const Id = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })

const Time = Type.String({ description: 'RFC 3339, UTC' })

/** The messengers an account can bind (document 2). */
export const Service = Type.Union([Type.Literal('telegram'), Type.Literal('line'), Type.Literal('discord')])
export type Service = Static<typeof Service>

/** What a subscription watches (document 2). */
export const SubscriptionType = Type.Union([Type.Literal('keyword'), Type.Literal('author'), Type.Literal('pushsum')])
export type SubscriptionType = Static<typeof SubscriptionType>

/** Document 2's answer to a change. */
export const Done = Type.Object({ success: Type.Literal(true), message: Type.String() })

/** Document 2's `NotificationBinding`, and whether the service refuses it. */
export const Binding = Type.Object({
  id: Type.Integer(),
  user_id: Type.Integer(),
  service: Service,
  service_id: Type.String(),
  enabled: Type.Boolean(),
  created_at: Time,
  updated_at: Time,
  /** Why messages no longer arrive (the bot was blocked); null while they do. */
  broken_reason: Type.Union([Type.String(), Type.Null()]),
})

/** Document 2's `Subscription`. */
export const Subscription = Type.Object({
  id: Type.Integer(),
  user_id: Type.Integer(),
  board: Type.String(),
  sub_type: SubscriptionType,
  value: Type.String(),
  enabled: Type.Boolean(),
  created_at: Time,
  updated_at: Time,
})
export type Subscription = Static<typeof Subscription>

/** One article that matched. */
export const Alert = Type.Object({
  id: Type.Integer(),
  board: Type.String(),
  title: Type.String(),
  author: Type.String(),
  url: Type.String(),
  kind: Type.Union([Type.Literal('new'), Type.Literal('push'), Type.Literal('boo')]),
  pushes: Type.Union([Type.Integer(), Type.Null()]),
  sub_type: SubscriptionType,
  value: Type.String(),
  posted_at: Time,
  created_at: Time,
})
export type Alert = Static<typeof Alert>

/** How watching a board goes. */
export const BoardStatus = Type.Object({
  board: Type.String(),
  state: Type.Union([
    Type.Literal('waiting'),
    Type.Literal('ok'),
    Type.Literal('failing'),
    Type.Literal('gone'),
    Type.Literal('idle'),
  ]),
  watchers: Type.Integer(),
  polled_at: Type.Union([Time, Type.Null()]),
  failed_at: Type.Union([Time, Type.Null()]),
  failures: Type.Integer(),
  reason: Type.Union([Type.String(), Type.Null()]),
})
export type BoardStatus = Static<typeof BoardStatus>
