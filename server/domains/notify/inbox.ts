import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import type { NotifyEvents } from '#contracts/events/notify.ts'

/** An entry of a notification list. */
export interface NotificationRow {
  readonly id: number
  readonly kind: string
  readonly title: string
  readonly text: string
  readonly url: string | null
  readonly createdAt: Date
  readonly readAt: Date | null
}

/** Accounts' notification lists, as the web app shows them. */
export interface Inbox {
  list(
    accountId: number,
    page: { before?: number | undefined; limit: number; unreadOnly: boolean },
  ): Promise<NotificationRow[]>
  unread(accountId: number): Promise<number>
  /** Marks those named, and all up to one. */
  read(accountId: number, which: { ids: readonly number[]; upTo: number | undefined }): Promise<void>
}

/** Lists over the table `notifications`. */
export function createInbox({ db, bus }: { db: Database; bus: Bus<NotifyEvents> }): Inbox {
  return {
    list: (accountId, { before, limit, unreadOnly }) =>
      db.query(
        `SELECT id, kind, title, body AS text, url, created_at AS "createdAt", read_at AS "readAt" FROM notifications
         WHERE account_id = $1 AND ($2::bigint IS NULL OR id < $2) AND (NOT $3 OR read_at IS NULL)
         ORDER BY id DESC LIMIT $4`,
        [accountId, before ?? null, unreadOnly, limit],
      ),
    unread: async (accountId) => {
      const [row] = await db.query<{ unread: number }>(
        'SELECT count(*) AS unread FROM notifications WHERE account_id = $1 AND read_at IS NULL',
        [accountId],
      )
      return row?.unread ?? 0
    },
    read: async (accountId, { ids, upTo }) => {
      const rows = await db.query(
        `UPDATE notifications SET read_at = now()
         WHERE account_id = $1 AND read_at IS NULL AND (id = ANY ($2) OR id <= $3) RETURNING id`,
        [accountId, ids, upTo ?? 0],
      )
      if (rows.length > 0) bus.publish('notify.notification.read', { accountId })
    },
  }
}
