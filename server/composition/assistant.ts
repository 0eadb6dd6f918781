import { createOpenAiModel } from '#adapters/llm/openai.ts'
import { tokenizer } from '#adapters/llm/tokenizer.ts'
import { createAssistant } from '#domains/assistant/assistant.ts'
import type { Assistant } from '#domains/assistant/assistant.ts'
import { mountChat } from '#surfaces/chat.ts'
import { mountChatStream } from '#surfaces/chat-stream.ts'
import type { Live } from '#surfaces/live.ts'
import type { Base, Part } from './part.ts'

/** The assistant: conversations with a language model. */
export function composeAssistant(
  { config, db, bus, log, mount }: Base,
  { live }: { live: Live },
): Part & { assistant: Assistant } {
  const { llmUrl, llmKey, llmModel, llmModels, contextTokens, answerTokens, silenceSeconds } = config.assistant
  const model = createOpenAiModel({
    url: llmUrl,
    key: llmKey,
    model: llmModel,
    models: llmModels,
    silenceMs: silenceSeconds * 1000,
  })
  const assistant = createAssistant({ db, bus, model, tokenizer, contextTokens, answerTokens, log })
  mountChat(mount, { assistant })
  mountChatStream(mount, { assistant })
  live.forward('assistant.conversation.changed', ({ accountId }) => [accountId])
  live.forward('assistant.conversation.deleted', ({ accountId }) => [accountId])
  return {
    assistant,
    start: () => assistant.start(),
    stop: () => assistant.close(),
    notConfigured:
      llmUrl === undefined || llmModel === ''
        ? ['the assistant (CONFAB_LLM_URL, CONFAB_LLM_MODEL): it answers 503 until a language model is named']
        : [],
  }
}
