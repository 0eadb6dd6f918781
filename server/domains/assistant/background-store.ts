import type { Executor } from '#kernel/db/executor.ts'
import type { ConversationRow, MessageRow } from './conversation.ts'
import { COLUMNS } from './conversation-store.ts'

// What goes before a question, read in one statement: every round to the database is a wait for the first word.

/** A message as the model is to see it. */
export type ContextMessage = Pick<MessageRow, 'role' | 'content' | 'tokens'>

/** Where a question is asked, and what the model is told before it. */
export interface Background {
  readonly conversation: ConversationRow
  readonly accountPrompt: string | null
  /** Whether some process is writing the answer at the shown branch's end. */
  readonly isAnswering: boolean
  /** The newest messages of the branch, oldest first: as many as the budget holds, and one more. */
  readonly earlier: readonly ContextMessage[]
}

const before = (leaf: string): string => `WITH RECURSIVE here AS (
    SELECT ${COLUMNS} FROM conversations WHERE id = $1 AND account_id = $2
  ), branch AS (
    SELECT parent_id, role, content, tokens, coalesce(tokens, 0)::bigint AS spent, 1 AS depth
    FROM chat_messages WHERE conversation_id = $1 AND id = ${leaf}
    UNION ALL
    SELECT m.parent_id, m.role, m.content, m.tokens, branch.spent + coalesce(m.tokens, 0), branch.depth + 1
    FROM branch JOIN chat_messages m ON m.id = branch.parent_id WHERE branch.spent <= $3
  ) SELECT here.*, (SELECT system_prompt FROM chat_settings WHERE account_id = $2) AS "accountPrompt",
      EXISTS (SELECT 1 FROM chat_messages WHERE id = here.leaf_id AND status = 'streaming') AS "isAnswering",
      (SELECT json_agg(json_build_object('role', role, 'content', content, 'tokens', tokens) ORDER BY depth DESC) FROM branch) AS earlier
    FROM here`
const BEFORE_NEXT = before('(SELECT leaf_id FROM here)')
const BEFORE_OTHER = before('$4::bigint')

/**
 * The background of a question in the account's conversation, after its shown branch or, where `parentId` is given, after
 * that message (null: at the beginning). Undefined when the account has no such conversation.
 */
export async function findBackground(
  db: Executor,
  asked: { accountId: number; conversationId: number; parentId?: number | null; budget: number },
): Promise<Background | undefined> {
  const { accountId, conversationId, parentId, budget } = asked
  const given = [conversationId, accountId, budget]
  type Row = ConversationRow & Pick<Background, 'accountPrompt' | 'isAnswering'> & { earlier: ContextMessage[] | null }
  const [row] =
    parentId === undefined
      ? await db.prepared<Row>(BEFORE_NEXT, given)
      : await db.prepared<Row>(BEFORE_OTHER, [...given, parentId])
  if (row === undefined) return undefined
  const { accountPrompt, isAnswering, earlier, ...conversation } = row
  return { conversation, accountPrompt, isAnswering, earlier: earlier ?? [] }
}
