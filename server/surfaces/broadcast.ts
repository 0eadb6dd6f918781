import { broadcast } from '#contracts/alerts.ts'
import { getBroadcast, listBroadcasts } from '#contracts/notify.ts'
import type { Broadcast } from '#contracts/schemas/notify.ts'
import type { BroadcastReport, Broadcasts } from '#domains/notify/broadcasts.ts'
import type { Words } from './envelopes/envelope.ts'
import type { Mount } from './mount.ts'
import { pageOf } from './page-before.ts'
import { rfc3339 } from './time.ts'

const EMPTY: Words = { status: 400, message: '訊息內容不能為空' }
const NOWHERE: Words = { status: 400, message: '請指定至少一個平台' }

/** `POST /api/admin/broadcast` as document 2 has it, and how broadcasts went. */
export function mountBroadcast(mount: Mount, { broadcasts }: { broadcasts: Broadcasts }): void {
  mount(
    broadcast,
    async ({ account, body }) => {
      const { id, queued } = await broadcasts.send(account.accountId, body.platforms, body.content)
      return { success: true as const, message: '廣播已發送', broadcast_id: id, queued }
    },
    {
      words: { 'broadcast.empty': EMPTY, 'broadcast.nowhere': NOWHERE },
      invalid: ({ field, fields, reason }) => {
        // Document 2 looks at the content first. One too long is no empty one.
        if (fields.includes('content')) return field === 'content' && reason === 'other' ? undefined : EMPTY
        if (fields.some((field) => field.startsWith('platforms.'))) return { status: 400, message: '無效的服務類型' }
        return fields.includes('platforms') ? NOWHERE : undefined
      },
    },
  )

  mount(listBroadcasts, async ({ query }) => {
    const limit = query.limit ?? 20
    const { rows, hasMore } = pageOf(await broadcasts.list(query.before, limit + 1), limit)
    return { broadcasts: rows.map(viewOf), has_more: hasMore }
  })

  mount(getBroadcast, async ({ params }) => viewOf(await broadcasts.get(params.id)))
}

function viewOf(row: BroadcastReport): Broadcast {
  return {
    id: row.id,
    content: row.content,
    platforms: row.platforms,
    created_at: rfc3339(row.createdAt),
    sent_by: row.sentBy,
    total: row.total,
    queued: row.queued,
    delivered: row.delivered,
    failed: row.failed,
    reasons: row.reasons,
  }
}
