import type { Executor } from '#kernel/db/executor.ts'
import type { ConversationRow, Page } from './conversation.ts'

export const COLUMNS =
  'id, account_id, title, title_source, model, system_prompt, pinned, leaf_id, created_at, updated_at'

/** The conversation, if it is this account's. */
export async function findConversation(
  db: Executor,
  accountId: number,
  conversationId: number,
): Promise<ConversationRow | undefined> {
  const [row] = await db.prepared<ConversationRow>(
    `SELECT ${COLUMNS} FROM conversations WHERE id = $1 AND account_id = $2`,
    [conversationId, accountId],
  )
  return row
}

/** Pinned ones first, then by last change; `cursor` continues after an earlier page. */
export async function listConversations(
  db: Executor,
  accountId: number,
  { limit, cursor }: { limit?: number | undefined; cursor?: ConversationCursor | undefined },
): Promise<Page<ConversationRow>> {
  const rows = await db.query<ConversationRow & { exact: string }>(
    `SELECT ${COLUMNS}, (extract(epoch FROM updated_at) * 1000000)::bigint::text AS exact FROM conversations
     WHERE account_id = $1 AND ($2::boolean IS NULL OR (pinned, updated_at, id)
       < ($2::boolean, timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::integer))
     ORDER BY pinned DESC, updated_at DESC, id DESC LIMIT $5`,
    [
      accountId,
      cursor?.pinned ?? null,
      cursor?.updatedAt ?? null,
      cursor?.id ?? null,
      limit === undefined ? null : limit + 1,
    ],
  )
  const items = limit === undefined ? rows : rows.slice(0, limit)
  const last = items.at(-1)
  const more = last !== undefined && rows.length > items.length
  return { items, nextCursor: more ? encodeCursor({ pinned: last.pinned, updatedAt: last.exact, id: last.id }) : null }
}

/** Where a page of conversations ended; the time in microseconds since 1970, which is as exact as PostgreSQL has it. */
export interface ConversationCursor {
  readonly pinned: boolean
  readonly updatedAt: string
  readonly id: number
}

function encodeCursor({ pinned, updatedAt, id }: ConversationCursor): string {
  return Buffer.from(`${pinned ? 1 : 0}|${id}|${updatedAt}`).toString('base64url')
}

/** Reads a cursor back; undefined where it is none of ours. */
export function decodeConversationCursor(cursor: string): ConversationCursor | undefined {
  const match = /^([01])\|(\d{1,9})\|(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (match === null) return undefined
  return { pinned: match[1] === '1', id: Number(match[2]), updatedAt: match[3] ?? '' }
}

/** What a change of a conversation may touch; what is undefined stays. */
export interface ConversationChange {
  readonly title?: string | undefined
  readonly titleSource?: ConversationRow['title_source']
  readonly pinned?: boolean | undefined
  readonly model?: string | null | undefined
  readonly systemPrompt?: string | null | undefined
}

/** Changes it and returns it as it is now; undefined when it is not this account's. Pinning alone is no news: its time stays. */
export async function updateConversation(
  db: Executor,
  accountId: number,
  conversationId: number,
  change: ConversationChange,
): Promise<ConversationRow | undefined> {
  const [row] = await db.query<ConversationRow>(
    `UPDATE conversations SET
       title = coalesce($3, title),
       title_source = coalesce($4, title_source),
       pinned = coalesce($5, pinned),
       model = CASE WHEN $6 THEN $7 ELSE model END,
       system_prompt = CASE WHEN $8 THEN $9 ELSE system_prompt END,
       updated_at = CASE WHEN $3::text IS NULL THEN updated_at ELSE now() END
     WHERE id = $1 AND account_id = $2 RETURNING ${COLUMNS}`,
    [
      conversationId,
      accountId,
      change.title ?? null,
      change.titleSource ?? null,
      change.pinned ?? null,
      change.model !== undefined,
      change.model ?? null,
      change.systemPrompt !== undefined,
      change.systemPrompt ?? null,
    ],
  )
  return row
}

/** A title from the model, unless somebody chose one meanwhile. True when it was taken. */
export async function setModelTitle(db: Executor, conversationId: number, title: string): Promise<boolean> {
  const rows = await db.query(
    `UPDATE conversations SET title = $2, title_source = 'model' WHERE id = $1 AND title_source = 'first' RETURNING id`,
    [conversationId, title],
  )
  return rows.length > 0
}

/** Deletes it; false when it is not this account's. */
export async function deleteConversation(db: Executor, accountId: number, conversationId: number): Promise<boolean> {
  const rows = await db.query('DELETE FROM conversations WHERE id = $1 AND account_id = $2 RETURNING id', [
    conversationId,
    accountId,
  ])
  return rows.length > 0
}

/** Shows another branch, and counts as a change of the conversation. */
export async function setLeaf(db: Executor, conversationId: number, leafId: number | null): Promise<void> {
  await db.query('UPDATE conversations SET leaf_id = $2, updated_at = now() WHERE id = $1', [conversationId, leafId])
}

/** The account's instructions for every conversation. */
export async function findAccountPrompt(db: Executor, accountId: number): Promise<string | null> {
  const [row] = await db.prepared<{ system_prompt: string | null }>(
    'SELECT system_prompt FROM chat_settings WHERE account_id = $1',
    [accountId],
  )
  return row?.system_prompt ?? null
}

/** Sets them. */
export async function setAccountPrompt(db: Executor, accountId: number, prompt: string | null): Promise<void> {
  await db.query(
    `INSERT INTO chat_settings (account_id, system_prompt) VALUES ($1, $2)
     ON CONFLICT (account_id) DO UPDATE SET system_prompt = excluded.system_prompt`,
    [accountId, prompt],
  )
}
