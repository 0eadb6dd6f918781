import type { Outgoing } from '#domains/notify/outgoing.ts'
import type { BoardRow } from '../board-store.ts'
import { ACCOUNT_ACTIVE } from '../subscription-store.ts'
import type { VisitParts } from './visits.ts'

/** Tells everybody who watches a board that it is gone, once for each time it goes. */
export async function tellBoardGone(
  { db, notify, phrase, clock }: Pick<VisitParts, 'db' | 'notify' | 'phrase' | 'clock'>,
  board: BoardRow,
): Promise<void> {
  const watchers = await db.query<{ accountId: number; locale: string | null }>(
    `SELECT DISTINCT s.account_id AS "accountId", a.locale FROM alert_subscriptions s
     JOIN accounts a ON a.id = s.account_id AND ${ACCOUNT_ACTIVE} WHERE s.board_id = $1 AND s.enabled`,
    [board.id],
  )
  const at = clock.now()
  const messages: Outgoing[] = watchers.map(({ accountId, locale }) => ({
    accountId,
    kind: 'alerts.board-gone',
    dedupeKey: `board-gone:${board.id}:${at}`,
    title: phrase(locale, 'alert.boardGone', { board: board.name }),
    text: phrase(locale, 'alert.boardGoneHint'),
    url: '/alerts',
  }))
  await notify.sendMany(messages)
}
