import { Type } from 'typebox'
import { route } from './route.ts'
import { Binding, Done, Id, Service, Subscription, SubscriptionType } from './schemas/alerts.ts'

const ById = Type.Object({ id: Id })
const ByService = Type.Object({ service: Type.String({ maxLength: 64 }) })

// --- bindings (document 2) ---------------------------------------------------------------------------------------

export const listBindings = route({
  id: 'bindings.list',
  method: 'GET',
  path: '/api/bindings',
  family: 'plain',
  access: 'account',
  summary: 'The messengers the account is bound to (document 2)',
  result: Type.Array(Binding),
})

export const createBindCode = route({
  id: 'bindings.code',
  method: 'POST',
  path: '/api/bindings/bind-code',
  family: 'plain',
  access: 'account',
  summary: 'A code to bind a messenger with, good for ten minutes and one use (document 2)',
  body: Type.Object({ service: Type.Optional(Service) }),
  result: Type.Object({
    bind_code: Type.String(),
    expires_at: Type.String(),
    service: Service,
    bind_url: Type.Union([Type.String(), Type.Null()]),
    message: Type.String(),
  }),
  rateLimit: { max: 30, per: 'minute' },
})

export const bindingStatus = route({
  id: 'bindings.status',
  method: 'GET',
  path: '/api/bindings/:service',
  family: 'plain',
  access: 'account',
  summary: 'Whether one messenger is bound (document 2)',
  params: Type.Object({ service: Service }),
  result: Type.Object({
    service: Service,
    bound: Type.Boolean(),
    service_id: Type.Union([Type.String(), Type.Null()]),
    enabled: Type.Optional(Type.Boolean()),
  }),
})

export const switchBinding = route({
  id: 'bindings.switch',
  method: 'PATCH',
  path: '/api/bindings/:service',
  family: 'plain',
  access: 'account',
  summary: 'Switch a binding on or off (document 2)',
  params: ByService,
  body: Type.Object({ enabled: Type.Boolean() }),
  result: Done,
})

export const switchNoBinding = route({
  id: 'bindings.switch.nameless',
  method: 'PATCH',
  path: '/api/bindings',
  family: 'plain',
  access: 'account',
  summary: 'Refuses a change that names no service (document 2)',
  result: Done,
})

export const removeBinding = route({
  id: 'bindings.remove',
  method: 'DELETE',
  path: '/api/bindings/:service',
  family: 'plain',
  access: 'account',
  summary: 'Unbind a messenger (document 2)',
  params: ByService,
  result: Done,
})

export const confirmTelegram = route({
  id: 'bindings.telegram.confirm',
  method: 'POST',
  path: '/api/webapp/telegram/confirm',
  family: 'plain',
  access: 'account',
  summary: 'Bind the Telegram chat that asked with /bind (document 2)',
  body: Type.Object({ token: Type.String({ maxLength: 256 }) }),
  result: Done,
  rateLimit: { max: 30, per: 'minute' },
})

// --- subscriptions (document 2) ----------------------------------------------------------------------------------

const Board = Type.String({ maxLength: 64 })
const Value = Type.String({ maxLength: 256 })

export const listSubscriptions = route({
  id: 'subscriptions.list',
  method: 'GET',
  path: '/api/subscriptions',
  family: 'plain',
  access: 'account',
  summary: "The account's subscriptions (document 2)",
  result: Type.Array(Subscription),
})

export const createSubscription = route({
  id: 'subscriptions.create',
  method: 'POST',
  path: '/api/subscriptions',
  family: 'plain',
  access: 'account',
  summary: 'Watch a board (document 2)',
  body: Type.Object({ board: Board, sub_type: SubscriptionType, value: Value }),
  result: Subscription,
  status: 201,
  rateLimit: { max: 120, per: 'minute' },
})

export const getSubscription = route({
  id: 'subscriptions.get',
  method: 'GET',
  path: '/api/subscriptions/:id',
  family: 'plain',
  access: 'account',
  summary: 'One subscription (document 2)',
  params: ById,
  result: Subscription,
})

export const updateSubscription = route({
  id: 'subscriptions.update',
  method: 'PUT',
  path: '/api/subscriptions/:id',
  family: 'plain',
  access: 'account',
  summary: 'Switch a subscription on or off, or change what it watches (document 2)',
  params: ById,
  body: Type.Object(
    {
      enabled: Type.Optional(Type.Boolean()),
      board: Type.Optional(Board),
      sub_type: Type.Optional(SubscriptionType),
      value: Type.Optional(Value),
    },
    { minProperties: 1 },
  ),
  result: Done,
  rateLimit: { max: 120, per: 'minute' },
})

export const deleteSubscription = route({
  id: 'subscriptions.delete',
  method: 'DELETE',
  path: '/api/subscriptions/:id',
  family: 'plain',
  access: 'account',
  summary: 'Stop watching (document 2)',
  params: ById,
  result: Done,
})

// --- broadcast (document 2) --------------------------------------------------------------------------------------

export const broadcast = route({
  id: 'broadcasts.create',
  method: 'POST',
  path: '/api/admin/broadcast',
  family: 'plain',
  access: 'admin',
  summary: 'Send a text to every account bound on the chosen platforms (document 2)',
  body: Type.Object({
    platforms: Type.Array(Service, { maxItems: 10 }),
    content: Type.String({ maxLength: 20_000 }),
  }),
  result: Type.Object({
    success: Type.Literal(true),
    message: Type.String(),
    broadcast_id: Type.Integer(),
    queued: Type.Integer(),
  }),
  rateLimit: { max: 30, per: 'minute' },
})
