import * as contracts from '#contracts/assistant.ts'
import type { Assistant } from '#domains/assistant/assistant.ts'
import type { RunningReply } from '#domains/assistant/reply-writer.ts'
import { Fault } from '#kernel/fault.ts'
import { chatWords, conversationOut, failureOf, messageOut, notFoundWords } from './chat-words.ts'
import type { Mount, Speech } from './mount.ts'
import { invalidRequest } from './validation.ts'

const speech = (message: string, words: Speech['words'] = {}): Speech => ({
  message,
  words: { ...chatWords, ...words },
})

/** Document 3's conversations, and what goes beyond it. Streams are in `chat-stream.ts`. */
export function mountChat(mount: Mount, { assistant }: { assistant: Assistant }): void {
  mount(
    contracts.sendMessage,
    async ({ account, body }) => {
      const reply = await assistant.send(account.accountId, body)
      return { result: await exchangeOf(reply) }
    },
    speech('處裡用戶發送訊息成功', {
      'assistant.reply-failed': (fault) => ({ status: 500, message: 'Assistant failed', details: fault.message }),
    }),
  )

  mount(
    contracts.listConversations,
    async ({ account, query }) => {
      const { items, nextCursor } = await assistant.list(account.accountId, query)
      return { convs: items.map(conversationOut), hasMore: nextCursor !== null, nextCursor }
    },
    speech('已找到用戶所有對話'),
  )

  mount(
    contracts.listMessages,
    async ({ account, params, query }) => {
      const { items, nextCursor } = await assistant.messages(account.accountId, params.conversationId, query)
      return { messages: items.map(messageOut), hasMore: nextCursor !== null, nextCursor }
    },
    speech('已找到對話訊息', notFoundWords),
  )

  mount(
    contracts.renameConversation,
    async ({ account, body }) => {
      const id = body.conversationId ?? body.id
      if (id === undefined) {
        const details = 'conversationId is required'
        throw invalidRequest({
          in: 'body',
          field: 'conversationId',
          fields: ['conversationId'],
          reason: 'required',
          details,
        })
      }
      return { conv: conversationOut(await assistant.change(account.accountId, id, { title: body.title })) }
    },
    {
      ...speech('Update title success', notFoundWords),
      invalid: ({ field, details }) =>
        field === 'title' ? { status: 400, message: 'Title validation failed', details } : undefined,
    },
  )

  mount(
    contracts.deleteConversation,
    async ({ account, params }) => {
      await assistant.delete(account.accountId, params.conversationId)
      return {}
    },
    speech('Delete conversation success', notFoundWords),
  )

  mount(
    contracts.getConversation,
    async ({ account, params }) => ({
      conv: conversationOut(await assistant.get(account.accountId, params.conversationId)),
    }),
    speech('Conversation found'),
  )

  mount(
    contracts.changeConversation,
    async ({ account, params, body }) => ({
      conv: conversationOut(await assistant.change(account.accountId, params.conversationId, body)),
    }),
    speech('Conversation changed'),
  )

  mount(
    contracts.stopReply,
    async ({ account, params }) => ({ stopped: await assistant.stop(account.accountId, params.conversationId) }),
    speech('Reply stopped'),
  )

  mount(
    contracts.showBranch,
    async ({ account, params }) => ({ conversationId: await assistant.show(account.accountId, params.messageId) }),
    speech('Branch shown'),
  )

  mount(
    contracts.deleteMessage,
    async ({ account, params }) => {
      await assistant.deleteMessage(account.accountId, params.messageId)
      return {}
    },
    speech('Delete message success'),
  )

  mount(
    contracts.searchMessages,
    async ({ account, query }) => {
      const found = await assistant.search(account.accountId, query.q, query.limit ?? 30)
      const hits = found.map((hit) => ({
        conversationId: hit.conversation_id,
        title: hit.title,
        messageId: hit.message_id,
        excerpt: excerptAround(hit.content, query.q),
        updatedAt: hit.updated_at.toISOString(),
      }))
      return { hits }
    },
    speech('Search done'),
  )

  mount(contracts.listChatModels, () => assistant.models(), speech('Models listed'))

  mount(
    contracts.getChatSettings,
    async ({ account }) => ({ settings: { systemPrompt: await assistant.accountPrompt(account.accountId) } }),
    speech('Settings found'),
  )

  mount(
    contracts.putChatSettings,
    async ({ account, body }) => {
      await assistant.setAccountPrompt(account.accountId, body.systemPrompt)
      return { settings: { systemPrompt: await assistant.accountPrompt(account.accountId) } }
    },
    speech('Settings saved'),
  )
}

/** Waits for an answer; a failed one is a fault, though both messages are kept. */
async function exchangeOf(reply: RunningReply): Promise<{
  conversationId: number
  messages: ReturnType<typeof messageOut>[]
}> {
  const answer = await reply.done
  if (answer === undefined || answer.status === 'failed') {
    throw new Fault('unavailable', 'assistant.reply-failed', failureOf(answer?.error ?? null))
  }
  return { conversationId: reply.question.conversation_id, messages: [messageOut(reply.question), messageOut(answer)] }
}

const EXCERPT_LENGTH = 120

/** The piece of a text around what was looked for. */
function excerptAround(text: string, sought: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(sought.trim().toLowerCase()))
  const from = Math.max(0, at - EXCERPT_LENGTH / 3)
  const piece = text.slice(from, from + EXCERPT_LENGTH).toWellFormed()
  return `${from > 0 ? '…' : ''}${piece}${from + EXCERPT_LENGTH < text.length ? '…' : ''}`
}
