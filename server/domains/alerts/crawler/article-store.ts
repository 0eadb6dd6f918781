import type { Executor } from '#kernel/db/executor.ts'
import type { ListedArticle } from '../ports.ts'

/** Which of these file names were seen on the board before. */
export async function knownFiles(
  db: Executor,
  boardId: number,
  fileNames: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ fileName: string }>(
    'SELECT file_name AS "fileName" FROM articles WHERE board_id = $1 AND file_name = ANY ($2)',
    [boardId, fileNames],
  )
  return new Set(rows.map((row) => row.fileName))
}

/** Writes articles down, oldest first; returns the file names of those that were not there. */
export async function insertArticles(
  db: Executor,
  boardId: number,
  articles: readonly ListedArticle[],
  seenAt: Date,
): Promise<ReadonlySet<string>> {
  const oldestFirst = articles.toReversed()
  const rows = await db.query<{ fileName: string }>(
    `INSERT INTO articles (board_id, file_name, title, author, posted_at, seen_at)
     SELECT $1, file_name, title, author, posted_at, $6
     FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[]) WITH ORDINALITY AS x (file_name, title, author, posted_at, n)
     ORDER BY n
     ON CONFLICT (board_id, file_name) DO NOTHING RETURNING file_name AS "fileName"`,
    [
      boardId,
      oldestFirst.map((one) => one.fileName),
      oldestFirst.map((one) => one.title),
      oldestFirst.map((one) => one.author),
      oldestFirst.map((one) => one.postedAt),
      seenAt,
    ],
  )
  return new Set(rows.map((row) => row.fileName))
}

/** An article whose count is followed. */
export interface Counted {
  readonly fileName: string
  /** Null before the first look at it. */
  readonly pushes: number | null
  readonly seenAt: Date
}

/** What is known of the counts of these articles. */
export function findCounts(db: Executor, boardId: number, fileNames: readonly string[]): Promise<Counted[]> {
  return db.query(
    `SELECT file_name AS "fileName", pushes, seen_at AS "seenAt" FROM articles WHERE board_id = $1 AND file_name = ANY ($2)`,
    [boardId, fileNames],
  )
}

/** Writes counts down. */
export async function writeCounts(db: Executor, boardId: number, counts: ReadonlyMap<string, number>): Promise<void> {
  if (counts.size === 0) return
  await db.query(
    `UPDATE articles a SET pushes = c.pushes FROM unnest($2::text[], $3::int[]) AS c (file_name, pushes)
     WHERE a.board_id = $1 AND a.file_name = c.file_name`,
    [boardId, [...counts.keys()], [...counts.values()]],
  )
}

/** Forgets articles of more than `days` ago, but the newest hundred of each board: a slow board still shows them. */
export async function pruneArticles(db: Executor, days: number): Promise<void> {
  await db.query(
    `DELETE FROM articles a WHERE seen_at < now() - $1 * interval '1 day'
       AND id < (SELECT min(id) FROM (SELECT id FROM articles n WHERE n.board_id = a.board_id ORDER BY id DESC LIMIT 100) AS newest)`,
    [days],
  )
}
