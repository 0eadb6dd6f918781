import type { CallWords } from '#domains/calls/notices.ts'
import type { Fault } from '#kernel/fault.ts'
import type { Words } from './envelopes/envelope.ts'
import { plain } from './envelopes/plain.ts'
import type { Speech } from './mount.ts'

/** Statuses of faults about calls; their sentences are ours, since document 1 has none. */
const STATUSES = {
  'calls.number-invalid': 400,
  'calls.country-refused': 403,
  'calls.number-refused': 403,
  'calls.never-call': 403,
  'calls.switched-off': 503,
  'calls.account-limit': 429,
  'calls.destination-limit': 429,
  'calls.total-limit': 429,
  'calls.call-id-invalid': 400,
  'calls.message-empty': 400,
  'calls.missing': 404,
  'calls.limits-invalid': 400,
  'calls.never-call-missing': 404,
} as const

/** How the routes of calls speak: in the language the client asks for, else in that of document 1. */
export function callSpeech(words: CallWords): Speech {
  const entries = Object.entries(STATUSES).map(([code, status]) => [
    code,
    (_fault: Fault, locale: string | null): Words => ({ status, message: words(locale, keyOf(code), {}) }),
  ])
  return { words: Object.fromEntries(entries) as NonNullable<Speech['words']> }
}

/** The sentence of a fault, for a frame: in the language of document 1. */
export function sentenceOf(fault: Fault, words: CallWords): string {
  return fault.code in STATUSES ? words(null, keyOf(fault.code), {}) : plain.defaults[fault.kind].message
}

function keyOf(code: string): string {
  return code.replace(/^calls\./, 'refusal.')
}

/** The code of a fault in a frame: `calls.number-invalid` is `number_invalid`. */
export function frameCodeOf(fault: Fault): string {
  return fault.code.replace(/^calls\./, '').replaceAll(/[.-]/g, '_')
}
