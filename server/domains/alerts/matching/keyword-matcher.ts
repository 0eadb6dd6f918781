import type { Expression } from './expression.ts'
import { createTermAutomaton } from './term-automaton.ts'

/** All keyword subscriptions of a board: titles go in, the subscriptions they match come out. */
export interface KeywordMatcher {
  /** `key` is the expression's `keyOf`: subscriptions with the same one are matched together. */
  add(subscriptionId: number, key: string, expression: Expression): void
  remove(subscriptionId: number): void
  /** Calls `matched` with the subscriptions that a folded title matches, some at a time, each once. */
  match(folded: string, matched: (subscriptionIds: readonly number[]) => void): void
  readonly size: number
}

/** An expression and everybody who subscribed to it. */
interface Rule {
  readonly key: string
  readonly expression: Expression
  readonly subscribers: number[]
  /** Numbers of the terms that must all be found, and must not. */
  readonly all: readonly number[]
  readonly none: readonly number[]
  /** Of each of these sets one must be found, before a pattern is worth trying. */
  readonly needs: readonly (readonly number[])[]
  /** Terms it holds in the automaton. */
  readonly terms: readonly string[]
  /** Numbers of the terms by which it is looked up: any of them; empty: it is always tried. */
  readonly anchors: readonly number[]
  /** The anchor and the guard are all of it: past them, it matches. */
  readonly isPlain: boolean
  /** A pattern that any of its anchors is enough for. */
  readonly isSure: boolean
  /** The title it was last tried on: a rule with several anchors comes round again. */
  triedOn: number
}

/**
 * The rules of one anchor. Most end at their guard, and most of the others are plain: guards and subscribers lie side by
 * side, and the rules need not be fetched.
 */
interface Candidates {
  /** One more term of each rule: its number plus 1 where it must be found, minus that where it must not, else 0. */
  readonly guards: number[]
  readonly subscribers: (readonly number[])[]
  /** What is left to be tried; undefined for a plain rule. */
  readonly trials: (Rule | undefined)[]
}

/** A matcher without subscriptions. */
export function createKeywordMatcher(): KeywordMatcher {
  const automaton = createTermAutomaton()
  const rules = new Map<string, Rule>()
  const ruleOf = new Map<number, Rule>()
  /** By term number: the rules to try when it is found. */
  const anchored: (Candidates | undefined)[] = []
  /** The rules to try on every title. */
  const always = noCandidates()
  let titles = 0

  const makeRule = (key: string, expression: Expression): Rule => {
    const anchorTerms = anchorsOf(expression, (term) => automaton.usesOf(term))
    const isTerms = expression.kind === 'terms'
    const terms = isTerms ? [...expression.all, ...expression.none] : expression.pattern.needs.flat()
    const numbers = new Map(terms.map((term) => [term, automaton.add(term)]))
    const number = (term: string): number => numbers.get(term) as number
    const rule: Rule = {
      key,
      expression,
      subscribers: [],
      all: isTerms ? expression.all.map(number) : [],
      none: isTerms ? expression.none.map(number) : [],
      needs: isTerms ? [] : expression.pattern.needs.map((texts) => texts.map(number)),
      terms,
      anchors: [...new Set(anchorTerms.map(number))],
      isPlain: isTerms && terms.length - anchorTerms.length <= 1,
      isSure: !isTerms && expression.pattern.enough && expression.pattern.needs.length === 1,
      triedOn: 0,
    }
    if (rule.anchors.length === 0) include(always, rule, NO_ANCHOR)
    for (const anchor of rule.anchors) include((anchored[anchor] ??= noCandidates()), rule, anchor)
    rules.set(key, rule)
    return rule
  }

  const dropRule = (rule: Rule): void => {
    rules.delete(rule.key)
    if (rule.anchors.length === 0) exclude(always, rule)
    for (const anchor of rule.anchors) {
      const candidates = anchored[anchor] as Candidates
      exclude(candidates, rule)
      if (candidates.guards.length === 0) anchored[anchor] = undefined
    }
    for (const term of rule.terms) automaton.remove(term)
  }

  const remove = (subscriptionId: number): void => {
    const rule = ruleOf.get(subscriptionId)
    if (rule === undefined) return
    ruleOf.delete(subscriptionId)
    const last = rule.subscribers.pop() as number
    if (last !== subscriptionId) rule.subscribers[rule.subscribers.indexOf(subscriptionId)] = last
    if (rule.subscribers.length === 0) dropRule(rule)
  }

  const hasFound = (terms: readonly number[]): boolean => {
    for (const term of terms) if (automaton.found(term)) return true
    return false
  }

  const fires = (rule: Rule, folded: string): boolean => {
    // A negative one is what decides most often, after the anchor was found.
    for (const term of rule.none) if (automaton.found(term)) return false
    for (const term of rule.all) if (!automaton.found(term)) return false
    if (rule.expression.kind === 'terms') return true
    for (const texts of rule.needs) if (!hasFound(texts)) return false
    return rule.expression.pattern.enough || rule.expression.pattern.test(folded)
  }

  return {
    add(subscriptionId, key, expression) {
      remove(subscriptionId)
      const rule = rules.get(key) ?? makeRule(key, expression)
      rule.subscribers.push(subscriptionId)
      ruleOf.set(subscriptionId, rule)
    },
    remove,
    match(folded, matched) {
      titles++
      const count = automaton.scan(folded)
      const { hits, marks, mark } = automaton
      // The candidates of every title come first, as if by a term that all of them have.
      for (let hit = -1; hit < count; hit++) {
        const candidates = hit < 0 ? always : anchored[hits[hit] as number]
        if (candidates === undefined) continue
        const { guards, subscribers, trials } = candidates
        for (let i = 0; i < guards.length; i++) {
          const guard = guards[i] as number
          if (guard > 0 ? marks[guard - 1] !== mark : guard < 0 && marks[-guard - 1] === mark) continue
          const rule = trials[i]
          if (rule !== undefined) {
            if (rule.triedOn === titles) continue
            rule.triedOn = titles
            if (!rule.isSure && !fires(rule, folded)) continue
          }
          matched(subscribers[i] as readonly number[])
        }
      }
    },
    get size() {
      return ruleOf.size
    },
  }
}

/** In place of a term's number, where a rule is looked up by none. */
const NO_ANCHOR = -1

function noCandidates(): Candidates {
  return { guards: [], subscribers: [], trials: [] }
}

function include({ guards, subscribers, trials }: Candidates, rule: Rule, anchor: number): void {
  guards.push(guardOf(rule, anchor))
  subscribers.push(rule.subscribers)
  trials.push(rule.isPlain ? undefined : rule)
}

function exclude({ guards, subscribers, trials }: Candidates, rule: Rule): void {
  const at = subscribers.indexOf(rule.subscribers)
  const [guard, last, trial] = [guards.pop() as number, subscribers.pop() as readonly number[], trials.pop()]
  if (at === subscribers.length) return
  guards[at] = guard
  subscribers[at] = last
  trials[at] = trial
}

function guardOf({ all, none }: Rule, anchor: number): number {
  const needed = all.find((term) => term !== anchor)
  if (needed !== undefined) return needed + 1
  return none.length > 0 ? -((none[0] as number) + 1) : 0
}

/**
 * The terms by which an expression is looked up: of those it needs, the ones that fewest others use, which are in
 * fewest titles too, as a rule. A pattern is looked up by every text of one of the sets it needs.
 */
function anchorsOf(expression: Expression, usesOf: (term: string) => number): readonly string[] {
  const options = expression.kind === 'terms' ? expression.all.map((term) => [term]) : expression.pattern.needs
  const uses = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + usesOf(text), 0)
  const length = (texts: readonly string[]): number => Math.min(...texts.map((text) => text.length))
  const [rarest = []] = options.toSorted((a, b) => uses(a) - uses(b) || length(b) - length(a))
  return rarest
}
