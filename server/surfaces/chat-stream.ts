import * as contracts from '#contracts/assistant.ts'
import type { Assistant } from '#domains/assistant/assistant.ts'
import type { RunningReply } from '#domains/assistant/reply-writer.ts'
import type { FastifyReply } from 'fastify'
import { chatWords, failureOf, messageOut } from './chat-words.ts'
import { openEventStream } from './event-stream.ts'
import { SENT } from './mount.ts'
import type { Mount } from './mount.ts'

/** Answers as server-sent events (contract, section 5). A reader that goes away stops nothing: it may join again. */
export function mountChatStream(mount: Mount, { assistant }: { assistant: Assistant }): void {
  const speech = { words: chatWords }

  mount(
    contracts.streamMessage,
    async ({ account, body, reply }) => {
      await tell(reply, await assistant.send(account.accountId, body))
      return SENT
    },
    speech,
  )

  mount(
    contracts.editMessage,
    async ({ account, params, body, reply }) => {
      await tell(reply, await assistant.edit(account.accountId, params.messageId, body))
      return SENT
    },
    speech,
  )

  mount(
    contracts.regenerateReply,
    async ({ account, params, body, reply }) => {
      await tell(reply, await assistant.regenerate(account.accountId, params.messageId, body.model))
      return SENT
    },
    speech,
  )

  mount(
    contracts.followReply,
    async ({ account, params, reply }) => {
      const { reply: running, last } = await assistant.follow(account.accountId, params.conversationId)
      if (running !== undefined) {
        await tell(reply, running)
        return SENT
      }
      const stream = openEventStream(reply)
      stream.send('ready', { conversationId: params.conversationId, userMessage: null })
      if (last !== undefined) stream.send('complete', { assistantMessage: messageOut(last) })
      stream.send('done', {})
      stream.end()
      return SENT
    },
    speech,
  )

  mount(
    contracts.exportConversation,
    async ({ account, params, query, reply }) => {
      const conversation = await assistant.get(account.accountId, params.conversationId)
      const { items } = await assistant.messages(account.accountId, params.conversationId, {})
      const asJson = query.format === 'json'
      const text = asJson
        ? JSON.stringify({ title: conversation.title, messages: items.map(messageOut) }, undefined, 2)
        : `# ${conversation.title}\n\n${items.map((one) => `## ${one.role === 'user' ? 'You' : 'Assistant'}\n\n${one.content}\n`).join('\n')}`
      const name = `conversation-${conversation.id}.${asJson ? 'json' : 'md'}`
      await reply
        .type(asJson ? 'application/json; charset=utf-8' : 'text/markdown; charset=utf-8')
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(text)
      return SENT
    },
    speech,
  )
}

/** Tells a reply from its beginning to its end, or until the reader goes away. */
async function tell(reply: FastifyReply, running: RunningReply): Promise<void> {
  const stream = openEventStream(reply)
  stream.send('ready', {
    conversationId: running.question.conversation_id,
    userMessage: messageOut(running.question),
    assistantMessageId: running.messageId,
  })
  const soFar = running.content()
  if (soFar !== '') stream.send('delta', { content: soFar })
  const leave = running.follow((content) => stream.send('delta', { content }))
  stream.onGone(leave)
  const answer = await running.done
  leave()
  if (!stream.open) return
  if (answer === undefined || answer.status === 'failed') {
    stream.send('error', {
      message: failureOf(answer?.error ?? null),
      code: answer?.error ?? 'assistant.provider-failed',
    })
  }
  if (answer !== undefined) stream.send('complete', { assistantMessage: messageOut(answer) })
  stream.send('done', {})
  stream.end()
}
