import type { AudioClassification } from '#contracts/schemas/model-contract.ts'

type Output = AudioClassification['output']

/** A median is exact to a thousandth. */
const STEPS = 1000
/** What rounding may add to a score of 1. */
const SLACK = 1e-3

/** Scores of many windows as one for each label, in memory that does not grow with their number. */
export class Scores {
  readonly #activation: Output['activation']
  readonly #aggregation: Output['aggregation']
  readonly #values: Float64Array
  readonly #counts: readonly Uint32Array[]
  #rows = 0

  constructor(labels: number, activation: Output['activation'], aggregation: Output['aggregation']) {
    this.#activation = activation
    this.#aggregation = aggregation
    this.#values = new Float64Array(labels)
    const counted = aggregation === 'median' ? labels : 0
    this.#counts = Array.from({ length: counted }, () => new Uint32Array(STEPS + 1))
  }

  /** Adds what the model answered for one window. @throws Error where that are no scores */
  add(answered: Float32Array): void {
    this.#rows++
    for (const [at, score] of activated(answered, this.#activation).entries()) {
      const before = this.#values[at] ?? 0
      this.#values[at] = this.#aggregation === 'max' ? Math.max(before, score) : before + score
      const counts = this.#counts[at]
      if (counts !== undefined) counts[Math.round(score * STEPS)] = (counts[Math.round(score * STEPS)] ?? 0) + 1
    }
  }

  /** A score of 0 to 1 for each label. */
  result(): number[] {
    if (this.#aggregation === 'median') return this.#counts.map((counts) => this.#median(counts))
    const share = this.#aggregation === 'max' ? 1 : Math.max(1, this.#rows)
    return Array.from(this.#values, (value) => value / share)
  }

  #median(counts: Uint32Array): number {
    let seen = 0
    const step = counts.findIndex((count) => (seen += count) * 2 >= this.#rows)
    return step / STEPS
  }
}

function activated(answered: Float32Array, activation: Output['activation']): number[] {
  if (!answered.every(Number.isFinite)) throw new Error('it answered what is no number')
  if (activation === 'sigmoid') return Array.from(answered, (value) => 1 / (1 + Math.exp(-value)))
  if (activation === 'softmax') {
    const most = Math.max(...answered)
    const powers = Array.from(answered, (value) => Math.exp(value - most))
    const sum = powers.reduce((total, value) => total + value, 0)
    return powers.map((value) => value / sum)
  }
  return Array.from(answered, (value) => {
    if (value < -SLACK || value > 1 + SLACK) {
      throw new Error(`it answered ${value}, which is no score of 0 to 1: the manifest must declare an activation`)
    }
    return Math.max(0, Math.min(1, value))
  })
}
