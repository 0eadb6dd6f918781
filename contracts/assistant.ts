import { Type } from 'typebox'
import { route } from './route.ts'
import { ChatMessage, Conversation, ConversationId, CursorPage, PageQuery } from './schemas/assistant.ts'

const family = 'assistant'
const access = 'account'
const conversationParams = Type.Object({ conversationId: ConversationId })
const text = Type.String({ minLength: 1, maxLength: 100_000, pattern: '\\S' })
const anything = Type.Unknown()

/** Document 3: sends a message and waits for the whole answer. */
export const sendMessage = route({
  id: 'assistant.messages.send',
  method: 'POST',
  path: '/api/chat',
  family,
  access,
  summary: 'Send a message and wait for the answer',
  body: Type.Object({
    message: text,
    conversationId: Type.Optional(Type.Union([ConversationId, Type.Null()])),
    model: Type.Optional(Type.String({ maxLength: 200 })),
  }),
  result: Type.Object({ result: Type.Object({ conversationId: ConversationId, messages: Type.Array(ChatMessage) }) }),
})

/** Sends a message; the answer comes as server-sent events `ready`, `delta`, `complete`, `done`, `error`. */
export const streamMessage = route({
  id: 'assistant.messages.stream',
  method: 'POST',
  path: '/api/chat/stream',
  family,
  access,
  summary: 'Send a message; the answer comes as server-sent events',
  body: sendMessage.body,
  result: anything,
})

/** Document 3: all conversations, newest first; a part of them with `limit` and `cursor`. */
export const listConversations = route({
  id: 'assistant.conversations.list',
  method: 'GET',
  path: '/api/chat/conversations',
  family,
  access,
  summary: 'Your conversations, pinned and newest first',
  query: PageQuery,
  result: Type.Object({ convs: Type.Array(Conversation), ...CursorPage }),
})

/** Document 3: the messages of the branch that is shown, oldest first; with `limit` the newest ones, and `cursor` for older. */
export const listMessages = route({
  id: 'assistant.messages.list',
  method: 'GET',
  path: '/api/chat/conversations/:conversationId/messages',
  family,
  access,
  summary: "A conversation's messages",
  params: conversationParams,
  query: PageQuery,
  result: Type.Object({ messages: Type.Array(ChatMessage), ...CursorPage }),
})

/** Document 3: renames. */
export const renameConversation = route({
  id: 'assistant.conversations.rename',
  method: 'POST',
  path: '/api/chat/conversations/update',
  family,
  access,
  summary: 'Rename a conversation',
  body: Type.Object({
    title: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
    conversationId: Type.Optional(ConversationId),
    id: Type.Optional(ConversationId),
  }),
  result: Type.Object({ conv: Conversation }),
})

/** Document 3: deletes. */
export const deleteConversation = route({
  id: 'assistant.conversations.delete',
  method: 'DELETE',
  path: '/api/chat/conversations/:conversationId/delete',
  family,
  access,
  summary: 'Delete a conversation with its messages',
  params: conversationParams,
  result: Type.Object({}),
})

/** One conversation with its settings. */
export const getConversation = route({
  id: 'assistant.conversations.get',
  method: 'GET',
  path: '/api/chat/conversations/:conversationId',
  family,
  access,
  summary: 'One conversation with its settings',
  params: conversationParams,
  result: Type.Object({ conv: Conversation }),
})

/** Pins, model and instructions of one conversation. */
export const changeConversation = route({
  id: 'assistant.conversations.change',
  method: 'PATCH',
  path: '/api/chat/conversations/:conversationId',
  family,
  access,
  summary: "Change a conversation's title, pin, model or instructions",
  params: conversationParams,
  body: Type.Object({
    title: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })),
    pinned: Type.Optional(Type.Boolean()),
    model: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Null()])),
    systemPrompt: Type.Optional(Type.Union([Type.String({ maxLength: 20_000 }), Type.Null()])),
  }),
  result: Type.Object({ conv: Conversation }),
})

/** Joins an answer that is being written: everything so far, then what comes. */
export const followReply = route({
  id: 'assistant.replies.follow',
  method: 'GET',
  path: '/api/chat/conversations/:conversationId/stream',
  family,
  access,
  summary: 'Join an answer that is being written, as server-sent events',
  params: conversationParams,
  result: anything,
})

/** Ends the answer that is being written; what is there is kept. */
export const stopReply = route({
  id: 'assistant.replies.stop',
  method: 'POST',
  path: '/api/chat/conversations/:conversationId/stop',
  family,
  access,
  summary: 'Stop the answer that is being written',
  params: conversationParams,
  result: Type.Object({ stopped: Type.Boolean() }),
})

const messageParams = Type.Object({ messageId: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

/** Another answer beside the one given (or instead of one that failed), as server-sent events. */
export const regenerateReply = route({
  id: 'assistant.replies.regenerate',
  method: 'POST',
  path: '/api/chat/messages/:messageId/regenerate',
  family,
  access,
  summary: 'Answer again, as server-sent events; the earlier answer stays as another branch',
  params: messageParams,
  body: Type.Object({ model: Type.Optional(Type.String({ maxLength: 200 })) }),
  result: anything,
})

/** Another wording of an earlier message and its answer, as server-sent events. */
export const editMessage = route({
  id: 'assistant.messages.edit',
  method: 'POST',
  path: '/api/chat/messages/:messageId/edit',
  family,
  access,
  summary: 'Say an earlier message otherwise, as server-sent events; the earlier branch stays',
  params: messageParams,
  body: Type.Object({ message: text, model: Type.Optional(Type.String({ maxLength: 200 })) }),
  result: anything,
})

/** Shows the branch on which a message lies. */
export const showBranch = route({
  id: 'assistant.branches.show',
  method: 'POST',
  path: '/api/chat/messages/:messageId/show',
  family,
  access,
  summary: 'Switch to the branch of a message',
  params: messageParams,
  result: Type.Object({ conversationId: ConversationId }),
})

/** Deletes a message with everything that followed it. */
export const deleteMessage = route({
  id: 'assistant.messages.delete',
  method: 'DELETE',
  path: '/api/chat/messages/:messageId',
  family,
  access,
  summary: 'Delete a message and what followed it',
  params: messageParams,
  result: Type.Object({}),
})

/** Finds text in all of one's conversations. */
export const searchMessages = route({
  id: 'assistant.messages.search',
  method: 'GET',
  path: '/api/chat/search',
  family,
  access,
  summary: 'Search all your conversations',
  query: Type.Object({
    q: Type.String({ minLength: 1, maxLength: 200 }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  }),
  result: Type.Object({
    hits: Type.Array(
      Type.Object({
        conversationId: ConversationId,
        title: Type.String(),
        messageId: Type.Union([Type.Integer(), Type.Null()]),
        excerpt: Type.String(),
        updatedAt: Type.String(),
      }),
    ),
  }),
})

/** The whole conversation as a file. */
export const exportConversation = route({
  id: 'assistant.conversations.export',
  method: 'GET',
  path: '/api/chat/conversations/:conversationId/export',
  family,
  access,
  summary: 'Download a conversation as Markdown or JSON',
  params: conversationParams,
  query: Type.Object({ format: Type.Optional(Type.Union([Type.Literal('markdown'), Type.Literal('json')])) }),
  result: anything,
})

/** The models one may pick. */
export const listChatModels = route({
  id: 'assistant.models.list',
  method: 'GET',
  path: '/api/chat/models',
  family,
  access,
  summary: 'Models to pick from',
  result: Type.Object({ models: Type.Array(Type.String()), defaultModel: Type.String() }),
})

/** Instructions for every conversation of the account. */
export const getChatSettings = route({
  id: 'assistant.settings.get',
  method: 'GET',
  path: '/api/chat/settings',
  family,
  access,
  summary: 'Your instructions to the assistant',
  result: Type.Object({ settings: Type.Object({ systemPrompt: Type.Union([Type.String(), Type.Null()]) }) }),
})

/** Changes them. */
export const putChatSettings = route({
  id: 'assistant.settings.put',
  method: 'PUT',
  path: '/api/chat/settings',
  family,
  access,
  summary: 'Change your instructions to the assistant',
  body: Type.Object({ systemPrompt: Type.Union([Type.String({ maxLength: 20_000 }), Type.Null()]) }),
  result: getChatSettings.result,
})
