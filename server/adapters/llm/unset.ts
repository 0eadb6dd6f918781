import { Fault } from '#kernel/fault.ts'
import type { LanguageModel } from '#domains/assistant/ports.ts'

/** No provider: whatever is asked says which settings are missing. `models` are those named by the settings all the same. */
export function createUnsetModel(options: { model: string; models: readonly string[] }): LanguageModel {
  const defaultModel = (): never => {
    throw notConfigured(['CONFAB_LLM_URL', ...(options.model === '' ? ['CONFAB_LLM_MODEL'] : [])])
  }
  return { defaultModel, models: async () => [...options.models], stream: defaultModel }
}

/** Fault `assistant.not-configured`, naming the settings. */
export function notConfigured(missing: readonly string[]): Fault {
  return new Fault(
    'unavailable',
    'assistant.not-configured',
    `No language model is configured: set ${missing.join(' and ')}`,
  )
}
