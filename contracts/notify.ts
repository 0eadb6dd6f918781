import { Type } from 'typebox'
import { route } from './route.ts'
import { Id } from './schemas/alerts.ts'
import { Broadcast, Delivery, DeliveryState, Lane, Notification, OutgoingService } from './schemas/notify.ts'

/** Notifications and deliveries are numbered by `bigint`, broadcasts by `integer`. */
const Long = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Before = Type.Optional(Long)
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 100 }))

export const listNotifications = route({
  id: 'notifications.list',
  method: 'GET',
  path: '/api/v1/notifications',
  family: 'meetings',
  access: 'account',
  summary: "The account's notifications, newest first, and how many are unread",
  query: Type.Object({ before: Before, limit: Limit, unread: Type.Optional(Type.Boolean()) }),
  result: Type.Object({ notifications: Type.Array(Notification), unread: Type.Integer(), has_more: Type.Boolean() }),
})

export const countUnread = route({
  id: 'notifications.unread',
  method: 'GET',
  path: '/api/v1/notifications/unread',
  family: 'meetings',
  access: 'account',
  summary: 'How many notifications are unread',
  result: Type.Object({ unread: Type.Integer() }),
})

export const readNotifications = route({
  id: 'notifications.read',
  method: 'POST',
  path: '/api/v1/notifications/read',
  family: 'meetings',
  access: 'account',
  summary: 'Mark notifications as read: those named, or all up to one',
  body: Type.Object({
    ids: Type.Optional(Type.Array(Long, { maxItems: 500 })),
    up_to: Before,
  }),
  result: Type.Object({ unread: Type.Integer() }),
})

export const listDeliveries = route({
  id: 'notifications.deliveries',
  method: 'GET',
  path: '/api/v1/notifications/deliveries',
  family: 'meetings',
  access: 'account',
  summary: 'What was sent to the account through messengers and mail, and how it ended',
  query: Type.Object({ before: Before, limit: Limit }),
  result: Type.Object({ deliveries: Type.Array(Delivery), has_more: Type.Boolean() }),
})

export const adminDeliveries = route({
  id: 'admin.deliveries',
  method: 'GET',
  path: '/api/v1/admin/deliveries',
  family: 'meetings',
  access: 'admin',
  summary: 'Every delivery, newest first',
  query: Type.Object({
    before: Before,
    limit: Limit,
    state: Type.Optional(DeliveryState),
    service: Type.Optional(OutgoingService),
  }),
  result: Type.Object({ deliveries: Type.Array(Delivery), has_more: Type.Boolean() }),
})

export const retryDelivery = route({
  id: 'admin.deliveries.retry',
  method: 'POST',
  path: '/api/v1/admin/deliveries/:id/retry',
  family: 'meetings',
  access: 'admin',
  summary: 'Queue a dead delivery again',
  params: Type.Object({ id: Long }),
  result: Type.Null(),
})

export const deliveryLanes = route({
  id: 'admin.lanes',
  method: 'GET',
  path: '/api/v1/admin/lanes',
  family: 'meetings',
  access: 'admin',
  summary: 'The services messages go out through: configured or not, paused or not, how many wait',
  result: Type.Object({ lanes: Type.Array(Lane) }),
})

export const resumeLane = route({
  id: 'admin.lanes.resume',
  method: 'POST',
  path: '/api/v1/admin/lanes/:service/resume',
  family: 'meetings',
  access: 'admin',
  summary: 'End the pause of a service',
  params: Type.Object({ service: OutgoingService }),
  result: Type.Null(),
})

export const listBroadcasts = route({
  id: 'broadcasts.list',
  method: 'GET',
  path: '/api/v1/admin/broadcasts',
  family: 'meetings',
  access: 'admin',
  summary: 'Broadcasts with their progress, newest first',
  query: Type.Object({ before: Type.Optional(Id), limit: Limit }),
  result: Type.Object({ broadcasts: Type.Array(Broadcast), has_more: Type.Boolean() }),
})

export const getBroadcast = route({
  id: 'broadcasts.get',
  method: 'GET',
  path: '/api/v1/admin/broadcasts/:id',
  family: 'meetings',
  access: 'admin',
  summary: 'One broadcast: how many arrived, wait, or ended with which reason',
  params: Type.Object({ id: Id }),
  result: Broadcast,
})
