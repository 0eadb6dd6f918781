import { parsePhoneNumberWithError } from 'libphonenumber-js/max'
import type { NumberType } from 'libphonenumber-js/max'
import { Fault } from '#kernel/fault.ts'

/** A number that may be dialled. */
export interface Destination {
  /** E.164: `+` and digits. */
  readonly number: string
  /** ISO 3166 code of its country. */
  readonly country: string
}

/** ITU-T E.164: at most fifteen digits, the first not zero; no separators, no extensions, nothing around it. */
const E164 = /^\+[1-9]\d{6,14}$/

/** What costs the caller more than a call, or reaches no single person. */
const REFUSED_TYPES: ReadonlySet<NumberType> = new Set<NumberType>([
  'PREMIUM_RATE',
  'SHARED_COST',
  'UAN',
  'VOICEMAIL',
  'PAGER',
])

/**
 * Reads a number strictly.
 * @throws Fault `calls.number-invalid`: not E.164, or no number that its country has given out
 */
export function readNumber(to: string): { destination: Destination; type: NumberType } {
  if (!E164.test(to)) throw new Fault('invalid', 'calls.number-invalid', 'The number is not in the form +886912345678')
  try {
    const parsed = parsePhoneNumberWithError(to)
    if (parsed.isValid() && parsed.country !== undefined && parsed.number === to) {
      return { destination: { number: to, country: parsed.country }, type: parsed.getType() }
    }
  } catch (error) {
    throw new Fault('invalid', 'calls.number-invalid', 'There is no such number', { cause: error })
  }
  throw new Fault('invalid', 'calls.number-invalid', 'There is no such number')
}

/**
 * Reads a number and checks that it may be called at all.
 * @throws Fault `calls.number-invalid`, `calls.country-refused`, `calls.number-refused` (premium and shared cost)
 */
export function checkNumber(to: string, countries: readonly string[]): Destination {
  const { destination, type } = readNumber(to)
  if (!countries.includes(destination.country)) {
    throw new Fault('forbidden', 'calls.country-refused', `Calls to ${destination.country} are not allowed here`)
  }
  if (type !== undefined && REFUSED_TYPES.has(type)) {
    throw new Fault('forbidden', 'calls.number-refused', `Numbers of this kind (${type}) are not called`)
  }
  return destination
}
