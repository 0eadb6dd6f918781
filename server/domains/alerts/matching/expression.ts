import { Fault } from '#kernel/fault.ts'
import { fold } from './fold.ts'
import { compilePattern } from './pattern.ts'
import type { Pattern } from './pattern.ts'

/** A keyword subscription's value, understood. */
export type Expression =
  | {
      readonly kind: 'terms'
      /** All of these must be in the title; folded, each once. */
      readonly all: readonly string[]
      /** None of these may be. */
      readonly none: readonly string[]
    }
  | { readonly kind: 'pattern'; readonly pattern: Pattern }

const PATTERN_PREFIX = /^regexp:/i

/**
 * Reads `a&b`, `!x`, `a&!b`, `regexp:…` (document 2).
 * @throws Fault `alerts.value-missing` when nothing is left to look for, `alerts.pattern-invalid`
 */
export function parseExpression(value: string): Expression {
  if (PATTERN_PREFIX.test(value)) {
    return { kind: 'pattern', pattern: compilePattern(value.replace(PATTERN_PREFIX, '').trim()) }
  }
  const all = new Set<string>()
  const none = new Set<string>()
  for (const part of value.split(/[&＆]/)) {
    const negative = /^\s*[!！]/.test(part)
    const term = fold(part.trim().replace(/^[!！]\s*/, ''))
    if (term !== '') (negative ? none : all).add(term)
  }
  if (all.size + none.size === 0) throw new Fault('invalid', 'alerts.value-missing', 'There is nothing to look for')
  return { kind: 'terms', all: [...all].toSorted(), none: [...none].toSorted() }
}

/** One text for all spellings of a value that match alike. */
export function keyOf(value: string, expression: Expression): string {
  if (expression.kind === 'pattern') return `regexp:${value.replace(PATTERN_PREFIX, '').trim()}`
  return [...expression.all, ...expression.none.map((term) => `!${term}`)].join('&')
}

/** Whether a folded title matches: the plain way, one expression at a time. */
export function matchesExpression(expression: Expression, folded: string): boolean {
  if (expression.kind === 'pattern') return expression.pattern.test(folded)
  return expression.all.every((term) => folded.includes(term)) && !expression.none.some((term) => folded.includes(term))
}
