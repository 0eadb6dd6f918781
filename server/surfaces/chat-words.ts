import type { ChatMessage, Conversation } from '#contracts/schemas/assistant.ts'
import type { BranchedMessage, ConversationRow, MessageRow } from '#domains/assistant/conversation.ts'
import type { Fault } from '#kernel/fault.ts'
import type { Words } from './envelopes/envelope.ts'
import type { Speech } from './mount.ts'

/** A conversation as document 3 shows it. */
export function conversationOut(row: ConversationRow): Conversation {
  return {
    id: row.id,
    title: row.title,
    updatedAt: row.updated_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    pinned: row.pinned,
    model: row.model,
    systemPrompt: row.system_prompt,
  }
}

/** A message as document 3 shows it. */
export function messageOut(row: MessageRow | BranchedMessage): ChatMessage {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    role: row.role,
    content: row.content,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    status: row.status,
    error: row.error,
    model: row.model,
    tokens: row.tokens,
    branches: 'branches' in row ? [...row.branches] : [row.id],
  }
}

/** What a failed answer is called, by the code kept with it. */
const REPLY_FAILURES: Readonly<Record<string, string>> = {
  'assistant.provider-unreachable': 'The language model cannot be reached',
  'assistant.provider-refused': 'The language model refuses our key',
  'assistant.model-unknown': 'The provider does not know this model; pick another',
  'assistant.provider-busy': 'The language model has too much to do; try again later',
  'assistant.provider-silent': 'The language model went silent',
  'assistant.provider-failed': 'The language model failed',
  'assistant.answer-too-long': 'The answer had no end',
}

/** The sentence for a failed answer. */
export function failureOf(code: string | null): string {
  return REPLY_FAILURES[code ?? ''] ?? 'The language model failed'
}

const missing: Words = { status: 404, message: 'Conversation not found', details: 'It does not exist or is not yours' }

/** Words of the routes on which document 3 says `Not found` of a conversation. */
export const notFoundWords: NonNullable<Speech['words']> = {
  'assistant.conversation-missing': {
    status: 404,
    message: 'Not found',
    details: 'The conversation does not exist or is not yours',
  },
}

/** Words every conversation route shares. */
export const chatWords: NonNullable<Speech['words']> = {
  'assistant.conversation-missing': missing,
  'assistant.message-missing': {
    status: 404,
    message: 'Message not found',
    details: 'It does not exist or is not yours',
  },
  'assistant.not-configured': (fault: Fault) => ({
    status: 503,
    message: 'Assistant unavailable',
    details: fault.message,
  }),
  'assistant.reply-running': {
    status: 409,
    message: 'An answer is being written',
    details: 'Wait for it or stop it first',
  },
  'assistant.too-many-replies': (fault: Fault) => ({
    status: 429,
    message: 'Too many answers at once',
    details: fault.message,
  }),
  'assistant.message-too-long': (fault: Fault) => ({
    status: 400,
    message: 'Validation failed',
    details: fault.message,
  }),
  'assistant.not-yours': (fault: Fault) => ({ status: 400, message: 'Validation failed', details: fault.message }),
}
