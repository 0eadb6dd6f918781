import type { Expression } from './expression.ts'
import { createTermAutomaton } from './term-automaton.ts'

/** All keyword subscriptions of a board: titles go in, the subscriptions they match come out. */
export interface KeywordMatcher {
  /** `key` is the expression's `keyOf`: subscriptions with the same one are matched together. */
  add(subscriptionId: number, key: string, expression: Expression): void
  remove(subscriptionId: number): void
  /** Calls `matched` once for each subscription that a folded title matches. */
  match(folded: string, matched: (subscriptionId: number) => void): void
  readonly size: number
}

/** An expression and everybody who subscribed to it. */
interface Rule {
  readonly key: string
  readonly expression: Expression
  readonly subscribers: Set<number>
  /** Numbers of the terms that must all be found, and must not. */
  readonly all: readonly number[]
  readonly none: readonly number[]
  /** The terms by which it is looked up: one of `all`, or every literal of a pattern; empty: it is always tried. */
  readonly anchors: readonly string[]
}

/** A matcher without subscriptions. */
export function createKeywordMatcher(): KeywordMatcher {
  const automaton = createTermAutomaton()
  const rules = new Map<string, Rule>()
  const ruleOf = new Map<number, Rule>()
  /** By term number: the rules to try when it is found. */
  const anchored = new Map<number, Set<Rule>>()
  const always = new Set<Rule>()

  const termsOf = ({ kind, ...rest }: Expression): readonly string[] => {
    if (kind === 'terms') {
      const { all, none } = rest as Extract<Expression, { kind: 'terms' }>
      return [...all, ...none]
    }
    return (rest as Extract<Expression, { kind: 'pattern' }>).pattern.literals ?? []
  }

  const makeRule = (key: string, expression: Expression): Rule => {
    const numbers = new Map(termsOf(expression).map((term) => [term, automaton.add(term)]))
    const number = (term: string): number => numbers.get(term) as number
    const isTerms = expression.kind === 'terms'
    const anchors = isTerms ? anchorOf(expression.all) : (expression.pattern.literals ?? [])
    const rule: Rule = {
      key,
      expression,
      subscribers: new Set(),
      all: isTerms ? expression.all.map(number) : [],
      none: isTerms ? expression.none.map(number) : [],
      anchors,
    }
    if (anchors.length === 0) always.add(rule)
    for (const term of anchors) {
      const there = anchored.get(number(term))
      if (there === undefined) anchored.set(number(term), new Set([rule]))
      else there.add(rule)
    }
    rules.set(key, rule)
    return rule
  }

  const dropRule = (rule: Rule): void => {
    rules.delete(rule.key)
    always.delete(rule)
    for (const term of rule.anchors) {
      const number = automaton.add(term)
      const there = anchored.get(number)
      there?.delete(rule)
      if (there?.size === 0) anchored.delete(number)
      automaton.remove(term)
    }
    for (const term of termsOf(rule.expression)) automaton.remove(term)
  }

  const remove = (subscriptionId: number): void => {
    const rule = ruleOf.get(subscriptionId)
    if (rule === undefined) return
    ruleOf.delete(subscriptionId)
    rule.subscribers.delete(subscriptionId)
    if (rule.subscribers.size === 0) dropRule(rule)
  }

  return {
    add(subscriptionId, key, expression) {
      remove(subscriptionId)
      const rule = rules.get(key) ?? makeRule(key, expression)
      rule.subscribers.add(subscriptionId)
      ruleOf.set(subscriptionId, rule)
    },
    remove,
    match(folded, matched) {
      const found = new Set<number>()
      automaton.scan(folded, (term) => found.add(term))
      const tried = new Set<Rule>()
      const attempt = (rule: Rule): void => {
        if (tried.has(rule)) return
        // Only a rule with several anchors can come round again.
        if (rule.anchors.length > 1) tried.add(rule)
        if (fires(rule, found, folded)) rule.subscribers.forEach((id) => matched(id))
      }
      for (const term of found) anchored.get(term)?.forEach(attempt)
      always.forEach(attempt)
    },
    get size() {
      return ruleOf.size
    },
  }
}

function fires(rule: Rule, found: ReadonlySet<number>, folded: string): boolean {
  if (rule.expression.kind === 'pattern') return rule.expression.pattern.test(folded)
  for (const term of rule.all) if (!found.has(term)) return false
  for (const term of rule.none) if (found.has(term)) return false
  return true
}

/** The longest of the terms: the rarest, as a rule. */
function anchorOf(terms: readonly string[]): string[] {
  return terms.toSorted((a, b) => b.length - a.length).slice(0, 1)
}
