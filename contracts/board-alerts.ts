import { Type } from 'typebox'
import { route } from './route.ts'
import { Alert, BoardStatus, SubscriptionType } from './schemas/alerts.ts'

/** Our own routes of board alerts, beyond document 2. */

export const listAlerts = route({
  id: 'alerts.list',
  method: 'GET',
  path: '/api/v1/alerts',
  family: 'meetings',
  access: 'account',
  summary: "The account's alerts, newest first, bound anywhere or not",
  query: Type.Object({
    keyword: Type.Optional(Type.String({ maxLength: 100 })),
    board: Type.Optional(Type.String({ maxLength: 64 })),
    before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  }),
  result: Type.Object({ alerts: Type.Array(Alert), has_more: Type.Boolean() }),
})

export const alertLimits = route({
  id: 'alerts.limits',
  method: 'GET',
  path: '/api/v1/alerts/limits',
  family: 'meetings',
  access: 'account',
  summary: 'How many subscriptions the account has and may have',
  result: Type.Object({ used: Type.Integer(), limit: Type.Union([Type.Integer(), Type.Null()]) }),
})

export const previewSubscription = route({
  id: 'alerts.preview',
  method: 'POST',
  path: '/api/v1/alerts/preview',
  family: 'meetings',
  access: 'account',
  summary: 'Which recent articles of a board a subscription would have matched',
  body: Type.Object({
    board: Type.String({ minLength: 1, maxLength: 64 }),
    sub_type: SubscriptionType,
    value: Type.String({ minLength: 1, maxLength: 256 }),
  }),
  result: Type.Object({
    board: Type.String(),
    examined: Type.Integer(),
    matches: Type.Array(
      Type.Object({
        title: Type.String(),
        author: Type.String(),
        url: Type.String(),
        pushes: Type.Union([Type.Integer(), Type.Null()]),
        posted_at: Type.String(),
      }),
    ),
  }),
  rateLimit: { max: 120, per: 'minute' },
})

export const searchBoards = route({
  id: 'alerts.boards.search',
  method: 'GET',
  path: '/api/v1/alerts/boards/search',
  family: 'meetings',
  access: 'account',
  summary: 'Boards already known here whose name begins so',
  query: Type.Object({ q: Type.String({ maxLength: 64 }) }),
  result: Type.Object({ boards: Type.Array(Type.String()) }),
})

export const watchedBoards = route({
  id: 'alerts.boards',
  method: 'GET',
  path: '/api/v1/alerts/boards',
  family: 'meetings',
  access: 'account',
  summary: 'How watching goes for the boards the account watches',
  result: Type.Object({
    boards: Type.Array(BoardStatus),
    interval: Type.Integer(),
    site_reason: Type.Union([Type.String(), Type.Null()]),
  }),
})

export const crawlerStatus = route({
  id: 'alerts.crawler',
  method: 'GET',
  path: '/api/v1/admin/crawler',
  family: 'meetings',
  access: 'admin',
  summary: 'The crawler: the site, every watched board, subscriptions and alerts in numbers',
  result: Type.Object({
    url: Type.String(),
    interval: Type.Integer(),
    site: Type.Object({
      state: Type.Union([Type.Literal('ok'), Type.Literal('down'), Type.Literal('unknown')]),
      reason: Type.Union([Type.String(), Type.Null()]),
      since: Type.Union([Type.String(), Type.Null()]),
      resumes_at: Type.Union([Type.String(), Type.Null()]),
    }),
    boards: Type.Array(BoardStatus),
    subscriptions: Type.Integer(),
    alerts_today: Type.Integer(),
  }),
})
