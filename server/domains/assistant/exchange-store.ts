import type { Executor } from '#kernel/db/executor.ts'
import { gramsOf } from '#kernel/grams.ts'
import type { MessageRow } from './conversation.ts'

// A question and the beginning of its answer, kept in one statement: every round to the database is a wait for the first word.

const COLUMNS = 'id, conversation_id, parent_id, role, content, status, error, model, tokens, created_at, updated_at'
const NEXT = "nextval(pg_get_serial_sequence('chat_messages', 'id'))"
const IDS = `ids AS (SELECT ${NEXT} AS question, ${NEXT} AS answer)`
const ANSWER = `answer AS (
  INSERT INTO chat_messages (id, conversation_id, parent_id, role, content, status, model) OVERRIDING SYSTEM VALUE
  SELECT ids.answer, shown.id, %PARENT%, 'assistant', '', 'streaming', $1::text FROM ids, shown RETURNING ${COLUMNS})`
const QUESTION = `question AS (
  INSERT INTO chat_messages (id, conversation_id, parent_id, role, content, status, tokens, grams) OVERRIDING SYSTEM VALUE
  SELECT ids.question, shown.id, $2::bigint, 'user', $3::text, 'complete', $4::integer, $5::integer[] FROM ids, shown RETURNING ${COLUMNS})`
const EXISTING = 'UPDATE conversations SET leaf_id = ids.answer, updated_at = now() FROM ids'
const BOTH = 'SELECT * FROM question UNION ALL SELECT * FROM answer'

const IN_NEW = `WITH ${IDS}, shown AS (
    INSERT INTO conversations (account_id, title, model, leaf_id) SELECT $6::integer, $7::text, $8::text, ids.answer FROM ids RETURNING id
  ), ${QUESTION}, ${ANSWER.replace('%PARENT%', 'ids.question')} ${BOTH}`
const IN_EXISTING = `WITH ${IDS}, shown AS (${EXISTING} WHERE id = $6::integer RETURNING id),
  ${QUESTION}, ${ANSWER.replace('%PARENT%', 'ids.question')} ${BOTH}`
const ANSWER_ALONE = `WITH ${IDS}, shown AS (${EXISTING} WHERE id = $3::integer RETURNING id),
  ${ANSWER.replace('%PARENT%', '$2::bigint')} SELECT * FROM answer`

/** A question with the answer that begins. */
export interface Exchange {
  readonly question: MessageRow
  readonly answer: MessageRow
}

/** Keeps a question under `parentId`, begins its answer and shows that branch; undefined when the conversation is gone. */
export async function insertExchange(
  db: Executor,
  values: {
    conversation: { id: number } | { accountId: number; title: string; model: string | null }
    parentId: number | null
    content: string
    tokens: number | null
    /** The model that answers. */
    model: string
  },
): Promise<Exchange | undefined> {
  const { conversation, parentId, content, tokens, model } = values
  const message = [model, parentId, content, tokens, gramsOf(content)]
  const [question, answer] =
    'id' in conversation
      ? await db.prepared<MessageRow>(IN_EXISTING, [...message, conversation.id])
      : await db.prepared<MessageRow>(IN_NEW, [
          ...message,
          conversation.accountId,
          conversation.title,
          conversation.model,
        ])
  return question && answer && { question, answer }
}

/** Begins an answer to a question that is kept already. */
export async function insertAnswer(db: Executor, question: MessageRow, model: string): Promise<Exchange | undefined> {
  const [answer] = await db.prepared<MessageRow>(ANSWER_ALONE, [model, question.id, question.conversation_id])
  return answer && { question, answer }
}
