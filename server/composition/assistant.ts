import { createOpenAiModel } from '#adapters/llm/openai.ts'
import { tokenizer } from '#adapters/llm/tokenizer.ts'
import { createUnsetModel } from '#adapters/llm/unset.ts'
import { createAssistant } from '#domains/assistant/assistant.ts'
import type { Assistant } from '#domains/assistant/assistant.ts'
import type { LanguageModel } from '#domains/assistant/ports.ts'
import { mountChat } from '#surfaces/chat.ts'
import { mountChatStream } from '#surfaces/chat-stream.ts'
import type { Live } from '#surfaces/live.ts'
import type { Base, Part } from './part.ts'

/** The assistant: conversations with a language model. */
export function composeAssistant(
  { config, db, bus, log, mount }: Base,
  { live }: { live: Live },
): Part & { assistant: Assistant } {
  const { llmUrl, llmModel, contextTokens, answerTokens } = config.assistant
  const model = openModel(config.assistant)
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

function openModel(settings: Base['config']['assistant']): LanguageModel {
  const { llmUrl: url, llmKey: key, llmModel: model, llmModels: models, silenceSeconds } = settings
  if (url === undefined) return createUnsetModel({ model, models })
  return createOpenAiModel({ url, key, model, models, silenceMs: silenceSeconds * 1000 })
}
