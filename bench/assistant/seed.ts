import type { Database } from '#kernel/db/database.ts'
import { gramsOf } from '#kernel/grams.ts'

const CONVERSATIONS = 10_000
const LONG = 5_000
const WORDS = ['請介紹', '台北', '會議記錄', '行動版', '上線時程', 'budget', 'review', '客戶', '交期', '延後']

/** Fills the last account's list: 10,000 conversations of one message, and one of 5,000; answers that one's id. */
export async function seed(db: Database): Promise<number> {
  const [account] = await db.query<{ id: number }>('SELECT max(id) AS id FROM accounts')
  const rows = await db.query<{ id: number }>(
    `INSERT INTO conversations (account_id, title, updated_at)
     SELECT $1, '對話 ' || i, now() - i * interval '1 minute' FROM generate_series(1, $2) i RETURNING id`,
    [account?.id, CONVERSATIONS],
  )
  const ids = rows.map((row) => row.id)
  const long = ids[0] ?? 0
  const contents = Array.from({ length: CONVERSATIONS + LONG }, (_, i) => {
    const words = Array.from({ length: 20 }, (_unused, at) => WORDS[(i * 7 + at * 3) % WORDS.length])
    return `${words.join(' ')} ${i}${i % 500 === 0 ? ' 夜市' : ''}`
  })
  const parents = contents.map((_, i) => (i < CONVERSATIONS ? (ids[i] ?? 0) : long))
  for (let from = 0; from < contents.length; from += 1_000) {
    const part = contents.slice(from, from + 1_000)
    await db.query(
      `INSERT INTO chat_messages (conversation_id, role, content, status, tokens, grams)
       SELECT c, 'user', t, 'complete', 60, ARRAY(SELECT jsonb_array_elements_text(g)::integer)
       FROM unnest($1::integer[], $2::text[], $3::jsonb[]) AS i(c, t, g)`,
      [parents.slice(from, from + 1_000), part, part.map((text) => JSON.stringify(gramsOf(text)))],
    )
  }
  // The long one is one branch: each message stands under the one before.
  await db.query(
    `UPDATE chat_messages m SET parent_id = before.id, role = CASE WHEN before.nth % 2 = 0 THEN 'user' ELSE 'assistant' END
     FROM (SELECT id, lead(id) OVER (ORDER BY id) AS next, row_number() OVER (ORDER BY id) AS nth
           FROM chat_messages WHERE conversation_id = $1) before
     WHERE m.id = before.next`,
    [long],
  )
  await db.query(
    `UPDATE conversations c SET leaf_id = (SELECT max(id) FROM chat_messages m WHERE m.conversation_id = c.id)
     WHERE account_id = $1`,
    [account?.id],
  )
  await db.query('ANALYZE conversations, chat_messages')
  return long
}
