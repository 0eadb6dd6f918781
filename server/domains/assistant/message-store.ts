import type { Executor } from '#kernel/db/executor.ts'
import { gramsOf } from '#kernel/grams.ts'
import type { BranchedMessage, MessageRow, MessageStatus } from './conversation.ts'

const COLUMNS = 'id, conversation_id, parent_id, role, content, status, error, model, tokens, created_at, updated_at'

/** A message of this account's conversation. */
export async function findMessage(db: Executor, accountId: number, messageId: number): Promise<MessageRow | undefined> {
  const columns = COLUMNS.split(', ').map((name) => `m.${name}`)
  const [row] = await db.query<MessageRow>(
    `SELECT ${columns.join(', ')} FROM chat_messages m JOIN conversations c ON c.id = m.conversation_id
     WHERE m.id = $1 AND c.account_id = $2`,
    [messageId, accountId],
  )
  return row
}

/** Notes how far an answer is while it is written. */
export async function noteProgress(db: Executor, messageId: number, content: string): Promise<void> {
  await db.prepared(
    "UPDATE chat_messages SET content = $2, updated_at = now() WHERE id = $1 AND status = 'streaming'",
    [messageId, content],
  )
}

/** Ends an answer; undefined when it was deleted meanwhile. */
export async function finishMessage(
  db: Executor,
  messageId: number,
  values: { content: string; status: MessageStatus; error: string | null; tokens: number },
): Promise<MessageRow | undefined> {
  const [row] = await db.prepared<MessageRow>(
    `UPDATE chat_messages SET content = $2, status = $3, error = $4, tokens = $5, grams = $6, updated_at = now()
     WHERE id = $1 RETURNING ${COLUMNS}`,
    [messageId, values.content, values.status, values.error, values.tokens, gramsOf(values.content)],
  )
  return row
}

/**
 * The branch that ends with `leafId`, oldest first; its newest `limit` messages only where that is given. Each message
 * knows its alternatives.
 */
export async function branchTo(db: Executor, leafId: number, limit?: number): Promise<BranchedMessage[]> {
  const rows = await db.query<MessageRow & { depth: number }>(
    `WITH RECURSIVE branch AS (
       SELECT ${COLUMNS}, 1 AS depth FROM chat_messages WHERE id = $1
       UNION ALL
       SELECT ${COLUMNS.split(', ')
         .map((name) => `m.${name}`)
         .join(', ')}, branch.depth + 1
       FROM branch JOIN chat_messages m ON m.id = branch.parent_id WHERE branch.depth < $2
     ) SELECT * FROM branch ORDER BY depth DESC`,
    [leafId, limit ?? 2_147_483_647],
  )
  const alternatives = await alternativesOf(db, rows)
  return rows.map(({ depth: _depth, ...row }) => ({ ...row, branches: alternatives.get(row.id) ?? [row.id] }))
}

async function alternativesOf(db: Executor, rows: readonly MessageRow[]): Promise<Map<number, number[]>> {
  const first = rows[0]
  const found = new Map<number, number[]>()
  if (first === undefined) return found
  const parents = rows.map((row) => row.parent_id).filter((id) => id !== null)
  const siblings = await db.query<{ id: number; parent_id: number | null }>(
    `SELECT id, parent_id FROM chat_messages WHERE parent_id = ANY($1::bigint[])
     UNION ALL
     SELECT id, parent_id FROM chat_messages WHERE $2 AND conversation_id = $3 AND parent_id IS NULL
     ORDER BY id`,
    [parents, first.parent_id === null, first.conversation_id],
  )
  const byParent = new Map<number | null, number[]>()
  for (const { id, parent_id } of siblings) byParent.set(parent_id, [...(byParent.get(parent_id) ?? []), id])
  for (const row of rows) found.set(row.id, byParent.get(row.parent_id) ?? [row.id])
  return found
}

/** The newest end of the branches that go through a message: where one lands who switches to it. */
export async function newestLeafUnder(db: Executor, messageId: number): Promise<number> {
  const [row] = await db.query<{ id: number }>(
    `WITH RECURSIVE tip AS (
       SELECT id, 0 AS depth FROM chat_messages WHERE id = $1
       UNION ALL
       SELECT child.id, tip.depth + 1 FROM tip
       CROSS JOIN LATERAL (SELECT id FROM chat_messages WHERE parent_id = tip.id ORDER BY id DESC LIMIT 1) child
     ) SELECT id FROM tip ORDER BY depth DESC LIMIT 1`,
    [messageId],
  )
  return row?.id ?? messageId
}

/** Deletes a message and all that followed it. */
export async function deleteBranch(db: Executor, messageId: number): Promise<void> {
  await db.query('DELETE FROM chat_messages WHERE id = $1', [messageId])
}

/** Another message of the same place in the tree, else the parent: what is shown once `message` is gone. */
export async function neighbourOf(db: Executor, message: MessageRow): Promise<number | null> {
  const [row] = await db.query<{ id: number }>(
    `SELECT id FROM chat_messages
     WHERE conversation_id = $1 AND id <> $2 AND parent_id IS NOT DISTINCT FROM $3 ORDER BY id DESC LIMIT 1`,
    [message.conversation_id, message.id, message.parent_id],
  )
  return row?.id ?? message.parent_id
}

/** Answers that nobody writes any more, because the server that did has ended: marked so. Returns how many. */
export async function markInterrupted(db: Executor, silentSeconds: number): Promise<number> {
  const rows = await db.query(
    `UPDATE chat_messages SET status = 'interrupted', updated_at = now()
     WHERE status = 'streaming' AND updated_at <= now() - make_interval(secs => $1) RETURNING id`,
    [silentSeconds],
  )
  return rows.length
}

/** A message found by its text. */
export interface SearchHit {
  readonly conversation_id: number
  readonly title: string
  readonly message_id: number | null
  readonly content: string
  readonly updated_at: Date
}

/** Messages and titles of the account that contain `needle` (already folded), newest first. */
export async function searchText(db: Executor, accountId: number, needle: string, limit: number): Promise<SearchHit[]> {
  const grams = gramsOf(needle)
  return db.query<SearchHit>(
    `(SELECT c.id AS conversation_id, c.title, NULL::bigint AS message_id, c.title AS content, c.updated_at
      FROM conversations c WHERE c.account_id = $1 AND position($2 IN lower(normalize(c.title, NFKC))) > 0)
     UNION ALL
     (SELECT c.id, c.title, m.id, m.content, m.updated_at
      FROM chat_messages m JOIN conversations c ON c.id = m.conversation_id
      WHERE c.account_id = $1 AND m.grams @> $3 AND position($2 IN lower(normalize(m.content, NFKC))) > 0
      ORDER BY m.id DESC LIMIT $4)
     ORDER BY 5 DESC LIMIT $4`,
    [accountId, needle, grams, limit],
  )
}
