import type { ModelType } from '#contracts/schemas/ai.ts'
import known from './catalogue.json' with { type: 'json' }
import { readKnownModel } from './known-model.ts'
import type { KnownModel } from './known-model.ts'

/**
 * Well-known models (`catalogue.json`): where each is from, under which licence, and of which files it is made. A hash
 * stands there only where it is known from several places; nothing is installed by being named.
 */
export const catalogue: readonly KnownModel[] = known.map((model) => readKnownModel(JSON.stringify(model)))

/** The ids a person may install for a task. */
export function suggestionsFor(type: ModelType): string[] {
  return catalogue.filter((model) => model.type === type).map(({ id }) => id)
}
