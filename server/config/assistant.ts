import { area, integer, list, optionalText, optionalUrl, text } from '#kernel/settings.ts'

/** The assistant and the language model behind it. */
export const assistant = area('Assistant', {
  llmUrl: optionalUrl({
    env: 'CONFAB_LLM_URL',
    about: 'Base URL of an OpenAI-compatible API, e.g. `https://api.openai.com/v1` or `http://localhost:11434/v1`.',
  }),
  llmKey: optionalText({ env: 'CONFAB_LLM_KEY', secret: true, about: 'API key for it, where it wants one.' }),
  llmModel: text({ env: 'CONFAB_LLM_MODEL', default: '', about: 'The model that answers unless another is picked.' }),
  llmModels: list({
    env: 'CONFAB_LLM_MODELS',
    default: [],
    about: 'Models that may be picked; unset: those the API lists.',
  }),
  contextTokens: integer({
    env: 'CONFAB_LLM_CONTEXT',
    default: 32_000,
    min: 1_000,
    about: "The model's window in tokens; a conversation is cut to it, oldest messages first.",
  }),
  answerTokens: integer({
    env: 'CONFAB_LLM_ANSWER_TOKENS',
    default: 4_096,
    min: 64,
    about: 'Tokens of the window kept free for the answer.',
  }),
  silenceSeconds: integer({
    env: 'CONFAB_LLM_SILENCE',
    default: 120,
    min: 1,
    about: 'After how many seconds without a word from the model an answer is given up.',
  }),
})
