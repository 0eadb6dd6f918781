import { Type } from 'typebox'
import type { Static } from 'typebox'

/** A conversation's number. */
export const ConversationId = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })

/** `limit` newest entries, and `cursor` of an earlier answer's `nextCursor` for the ones before. */
export const PageQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  cursor: Type.Optional(Type.String({ maxLength: 64 })),
})

/** What a page says of the next one. */
export const CursorPage = {
  hasMore: Type.Boolean(),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
}

/** How an answer stands: `interrupted` when the server ended while it was written. */
export const MessageStatus = Type.Union([
  Type.Literal('complete'),
  Type.Literal('streaming'),
  Type.Literal('stopped'),
  Type.Literal('failed'),
  Type.Literal('interrupted'),
])

/** Document 3's message, and what we add. Times are RFC 3339 in UTC with milliseconds. */
export const ChatMessage = Type.Object({
  id: Type.Integer(),
  conversationId: ConversationId,
  role: Type.Union([Type.Literal('user'), Type.Literal('assistant')]),
  content: Type.String(),
  createdAt: Type.String(),
  updatedAt: Type.String(),
  status: MessageStatus,
  /** The fault's code when `failed`. */
  error: Type.Union([Type.String(), Type.Null()]),
  model: Type.Union([Type.String(), Type.Null()]),
  /** By the tokenizer; null while it is written. */
  tokens: Type.Union([Type.Integer(), Type.Null()]),
  /** This message among its alternatives, oldest first; one alone where there is no other. */
  branches: Type.Array(Type.Integer()),
})
export type ChatMessage = Static<typeof ChatMessage>

/** Document 3's conversation, and what we add. */
export const Conversation = Type.Object({
  id: ConversationId,
  title: Type.String(),
  updatedAt: Type.String(),
  createdAt: Type.String(),
  pinned: Type.Boolean(),
  model: Type.Union([Type.String(), Type.Null()]),
  systemPrompt: Type.Union([Type.String(), Type.Null()]),
})
export type Conversation = Static<typeof Conversation>
