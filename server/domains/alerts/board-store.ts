import type { Executor } from '#kernel/db/executor.ts'

/** A board as it is kept. */
export interface BoardRow {
  readonly id: number
  /** In the site's own spelling. */
  readonly name: string
  readonly feedEtag: string | null
  readonly feedModified: string | null
  readonly polledAt: Date | null
  readonly pushesSince: Date | null
  readonly pushesAt: Date | null
  readonly failures: number
  readonly goneAt: Date | null
}

const BOARD = `id, name, feed_etag AS "feedEtag", feed_modified AS "feedModified", polled_at AS "polledAt",
  pushes_since AS "pushesSince", pushes_at AS "pushesAt", failures, gone_at AS "goneAt"`

/** The board of this name in any spelling. */
export async function findBoardByName(db: Executor, name: string): Promise<BoardRow | undefined> {
  const [row] = await db.query<BoardRow>(`SELECT ${BOARD} FROM boards WHERE lower(name) = lower($1)`, [name])
  return row
}

export async function findBoard(db: Executor, id: number): Promise<BoardRow | undefined> {
  const [row] = await db.query<BoardRow>(`SELECT ${BOARD} FROM boards WHERE id = $1`, [id])
  return row
}

/** The board of this canonical name, made where there is none. */
export async function ensureBoard(db: Executor, name: string): Promise<BoardRow> {
  const [row] = await db.query<BoardRow>(
    `INSERT INTO boards (name) VALUES ($1)
     ON CONFLICT (lower(name)) DO UPDATE SET name = excluded.name RETURNING ${BOARD}`,
    [name],
  )
  return row as BoardRow
}

/** A look that worked. */
export async function recordPoll(
  db: Executor,
  id: number,
  look: { at: Date; etag: string | null; modified: string | null },
): Promise<void> {
  await db.query(
    `UPDATE boards SET polled_at = $2, feed_etag = $3, feed_modified = $4, failures = 0, failure = NULL, gone_at = NULL
     WHERE id = $1`,
    [id, look.at, look.etag, look.modified],
  )
}

/** A look that did not; returns whether the board was known as gone before. */
export async function recordFailure(
  db: Executor,
  id: number,
  failure: { at: Date; reason: string; gone: boolean },
): Promise<{ wasGone: boolean; failures: number }> {
  const [row] = await db.query<{ wasGone: boolean; failures: number }>(
    `UPDATE boards b SET failures = b.failures + 1, failed_at = $2, failure = $3,
            gone_at = CASE WHEN $4 THEN coalesce(b.gone_at, $2) END
     FROM (SELECT id, gone_at FROM boards WHERE id = $1 FOR UPDATE) AS old WHERE b.id = old.id
     RETURNING old.gone_at IS NOT NULL AS "wasGone", b.failures`,
    [id, failure.at, failure.reason, failure.gone],
  )
  return row ?? { wasGone: false, failures: 0 }
}
