import {
  adminDeliveries,
  countUnread,
  deliveryLanes,
  listDeliveries,
  listNotifications,
  readNotifications,
  resumeLane,
  retryDelivery,
} from '#contracts/notify.ts'
import type { Delivery, Notification, OutgoingService } from '#contracts/schemas/notify.ts'
import type { DeliveryLog, DeliveryRow } from '#domains/notify/delivery-log.ts'
import type { Inbox, NotificationRow } from '#domains/notify/inbox.ts'
import type { Mount } from './mount.ts'
import { pageOf } from './page-before.ts'
import { rfc3339 } from './time.ts'

const maybe = (time: Date | null): string | null => (time === null ? null : rfc3339(time))

/** Notification lists, the log of what was sent, and the services it goes through. */
export function mountNotify(
  mount: Mount,
  parts: { inbox: Inbox; log: DeliveryLog; isConfigured: (service: OutgoingService) => boolean },
): void {
  const { inbox, log, isConfigured } = parts

  mount(listNotifications, async ({ account, query }) => {
    const limit = query.limit ?? 30
    const page = { before: query.before, limit: limit + 1, unreadOnly: query.unread ?? false }
    const { rows, hasMore } = pageOf(await inbox.list(account.accountId, page), limit)
    return { notifications: rows.map(viewOf), unread: await inbox.unread(account.accountId), has_more: hasMore }
  })

  mount(countUnread, async ({ account }) => ({ unread: await inbox.unread(account.accountId) }))

  mount(readNotifications, async ({ account, body }) => {
    await inbox.read(account.accountId, { ids: body.ids ?? [], upTo: body.up_to })
    return { unread: await inbox.unread(account.accountId) }
  })

  mount(listDeliveries, async ({ account, query }) => {
    const limit = query.limit ?? 30
    const found = await log.list({ accountId: account.accountId, before: query.before, limit: limit + 1 })
    const { rows, hasMore } = pageOf(found, limit)
    return { deliveries: rows.map(deliveryView), has_more: hasMore }
  })

  mount(adminDeliveries, async ({ query }) => {
    const limit = query.limit ?? 50
    const { rows, hasMore } = pageOf(await log.list({ ...query, limit: limit + 1 }), limit)
    return { deliveries: rows.map(deliveryView), has_more: hasMore }
  })

  mount(retryDelivery, async ({ params }) => {
    await log.retry(params.id)
    return null
  })

  mount(deliveryLanes, async () => ({
    lanes: (await log.lanes()).map((lane) => ({
      service: lane.service,
      configured: isConfigured(lane.service),
      queued: lane.queued,
      delivered_today: lane.deliveredToday,
      dead_today: lane.deadToday,
      paused_until: maybe(lane.pausedUntil),
      reason: lane.reason,
      detail: lane.detail,
    })),
  }))

  mount(resumeLane, async ({ params }) => {
    await log.resume(params.service)
    return null
  })
}

function viewOf({ createdAt, readAt, ...row }: NotificationRow): Notification {
  return { ...row, created_at: rfc3339(createdAt), read_at: maybe(readAt) }
}

function deliveryView(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    account_id: row.accountId,
    service: row.service,
    recipient: row.recipient,
    kind: row.kind,
    excerpt: row.excerpt,
    part: row.part,
    parts: row.parts,
    state: row.state,
    attempts: row.attempts,
    reason: row.reason,
    detail: row.detail,
    next_at: row.state === 'queued' ? rfc3339(row.nextAt) : null,
    created_at: rfc3339(row.createdAt),
    finished_at: maybe(row.finishedAt),
  }
}
