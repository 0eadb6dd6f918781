import { keyOf, matchesExpression, parseExpression } from '#domains/alerts/matching/expression.ts'
import type { Expression } from '#domains/alerts/matching/expression.ts'
import { fold } from '#domains/alerts/matching/fold.ts'
import { createKeywordMatcher } from '#domains/alerts/matching/keyword-matcher.ts'
import { ratioOf } from '../measurement.ts'
import type { Measurement } from '../measurement.ts'

const SUBSCRIPTIONS = 100_000
const TITLES = 10_000
/** The plain loop takes too long for all of them. */
const LOOPED_TITLES = 40
const TURNS = 4
/** Times all titles are matched before it counts: a board's rules are used for days, so what they first cost is not it. */
const WARM_UPS = 4
const ADDED = 2_000

/** Time this thread was given: what else the machine does meanwhile counts for neither side. */
const processorMs = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

const part = <T>(all: readonly T[], turn: number): readonly T[] =>
  all.slice((all.length / TURNS) * turn, (all.length / TURNS) * (turn + 1))

let seed = 20_261_121
function below(limit: number): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((seed / 2 ** 32) * limit)
}
const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T

/** Words as people watch for: mostly two to four Chinese characters, some Latin; the first are the common ones. */
const words = Array.from({ length: 20_000 }, () =>
  below(5) === 0
    ? Array.from({ length: 3 + below(5) }, () => String.fromCharCode(97 + below(26))).join('')
    : Array.from({ length: 2 + below(3) }, () => String.fromCharCode(0x4e00 + below(3_000))).join(''),
)
/** Common words far more often than rare ones. */
const word = (): string => words[Math.floor(words.length * (below(1_000_000) / 1_000_000) ** 3)] as string

function subscription(): string {
  const kind = below(1_000)
  if (kind < 10)
    return `regexp:${pick([`${word()}|${word()}`, `${word()}.*${word()}`, `^\\[${word()}\\]`, `(${word()}|${word()})+`, '[0-9]{4}'])}`
  if (kind < 200) return `${word()}&${word()}`
  if (kind < 300) return `${word()}&!${word()}`
  if (kind < 301) return `!${word()}`
  return word()
}

const title = (): string =>
  `[${pick(['問卦', '新聞', '心得', '閒聊'])}] ${Array.from({ length: 3 + below(5) }, word).join(' ')}`

/** 100,000 keyword subscriptions of one board against 10,000 titles, beside a loop over the subscriptions. */
export function matching(): Measurement[] {
  const rules: { key: string; expression: Expression }[] = Array.from({ length: SUBSCRIPTIONS }, () => {
    const value = subscription()
    const expression = parseExpression(value)
    return { key: keyOf(value, expression), expression }
  })
  const titles = Array.from({ length: TITLES }, title)

  global.gc?.()
  const before = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
  const matcher = createKeywordMatcher()
  const building = performance.now()
  for (const [id, { key, expression }] of rules.entries()) matcher.add(id, key, expression)
  const built = performance.now() - building
  global.gc?.()
  const memory = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers - before

  let found = 0
  let looped = 0
  let expected = 0
  const count = (subscriptions: readonly number[]): void => void (found += subscriptions.length)
  for (let turn = 0; turn < WARM_UPS; turn++) for (const one of titles) matcher.match(fold(one), count)
  found = 0
  let matchingMs = 0
  let loopingMs = 0
  // In turns, so that a slow moment of the machine hits both.
  for (let turn = 0; turn < TURNS; turn++) {
    const from = processorMs()
    for (const one of part(titles, turn)) matcher.match(fold(one), count)
    const between = processorMs()
    const some = part(titles, turn).slice(0, LOOPED_TITLES / TURNS)
    for (const one of some) {
      const folded = fold(one)
      for (const { expression } of rules) if (matchesExpression(expression, folded)) looped++
    }
    loopingMs += processorMs() - between
    matchingMs += between - from
    for (const one of some) matcher.match(fold(one), (subscriptions) => (expected += subscriptions.length))
  }
  if (looped !== expected) throw new Error(`the loop finds ${looped} matches, the automaton ${expected}`)
  const perSecond = TITLES / (matchingMs / 1000)
  const loopPerSecond = LOOPED_TITLES / (loopingMs / 1000)
  const foundPerTitle = found / TITLES

  const adding = performance.now()
  for (let n = 0; n < ADDED; n++) {
    const value = subscription()
    const expression = parseExpression(value)
    matcher.add(SUBSCRIPTIONS + n, keyOf(value, expression), expression)
  }
  const addMicros = ((performance.now() - adding) / ADDED) * 1000

  return [
    ratioOf({
      name: `titles matched against ${SUBSCRIPTIONS.toLocaleString('en')} subscriptions (${foundPerTitle.toFixed(0)} matches a title)`,
      unit: 'titles/s',
      ours: perSecond,
      peer: loopPerSecond,
      peerName: 'a loop over the subscriptions',
      atLeast: 1_000,
    }),
    { name: 'taking all of them in', measured: `${built.toFixed(0)} ms, ${(memory / 1e6).toFixed(0)} MB` },
    { name: 'adding one more', measured: `${addMicros.toFixed(1)} µs`, asked: 'no rebuild', holds: addMicros < 1_000 },
  ]
}
