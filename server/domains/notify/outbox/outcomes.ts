import type { Outcome } from '../channel.ts'
import type { Queued, Settled } from './queued.ts'

/** Tries until a message is given up; with the growing pauses below they span three hours. */
const MOST_ATTEMPTS = 24
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 10 * 60_000
const LONGEST_DETAIL = 500

/** What is written down of a try. */
export function settledBy(row: Queued, outcome: Outcome, random: () => number = Math.random): Settled {
  const base = { id: row.id, tried: 1, inMs: 0, reason: null, detail: null, externalId: null }
  switch (outcome.kind) {
    case 'delivered':
      return { ...base, state: 'delivered', externalId: outcome.externalId ?? null }
    case 'wait':
      return {
        ...base,
        state: 'queued',
        tried: 0,
        inMs: outcome.scope === 'recipient' ? outcome.ms : 0,
        reason: 'rate-limited',
      }
    case 'pause':
      return { ...base, state: 'queued', tried: 0, reason: outcome.reason, detail: cut(outcome.detail) }
    case 'gone':
      return { ...base, state: 'dead', reason: 'blocked', detail: cut(outcome.detail) }
    case 'rejected':
      return { ...base, state: 'dead', reason: 'rejected', detail: cut(outcome.detail) }
    case 'failed': {
      const detail = cut(outcome.detail)
      if (row.attempts + 1 >= MOST_ATTEMPTS) return { ...base, state: 'dead', reason: 'gave-up', detail }
      const inMs = Math.min(FIRST_RETRY_MS * 2 ** row.attempts, LONGEST_RETRY_MS) * (0.75 + random() / 2)
      return { ...base, state: 'queued', inMs, reason: 'retrying', detail }
    }
  }
}

/** What is written down of a row that is not to be sent any more. */
export function settledByRefusal(row: Queued, refusal: NonNullable<Queued['refusal']>): Settled {
  const state = refusal === 'expired' ? 'dead' : 'cancelled'
  return { id: row.id, state, tried: 0, inMs: 0, reason: refusal, detail: null, externalId: null }
}

function cut(text: string): string {
  return text.slice(0, LONGEST_DETAIL)
}
