import { Fault } from '#kernel/fault.ts'
import type { SubscriptionType } from '#contracts/schemas/alerts.ts'
import { halfWidth } from './matching/fold.ts'
import { keyOf, parseExpression } from './matching/expression.ts'

/** A subscription's value as it is kept, and one text for all its spellings that watch the same. */
export interface CheckedValue {
  readonly value: string
  readonly key: string
}

const LARGEST_PUSHSUM = 10_000

/**
 * Checks a value (document 2, contract section 4).
 * @throws Fault `alerts.value-missing`, `alerts.pattern-invalid`, `alerts.pushsum-invalid`
 */
export function checkValue(type: SubscriptionType, given: string): CheckedValue {
  const value = given.trim()
  if (value === '') throw new Fault('invalid', 'alerts.value-missing', 'The value is empty')
  switch (type) {
    case 'keyword':
      return { value, key: keyOf(value, parseExpression(value)) }
    case 'author':
      return { value: halfWidth(value), key: authorKey(value) }
    case 'pushsum': {
      const text = halfWidth(value)
      const count = Number(text)
      if (!/^[+-]?\d{1,5}$/.test(text) || count === 0 || Math.abs(count) > LARGEST_PUSHSUM) {
        throw new Fault('invalid', 'alerts.pushsum-invalid', 'The count must be a whole number but 0')
      }
      return { value: String(count), key: String(count) }
    }
  }
}

/** An author's id as it is compared. */
export function authorKey(author: string): string {
  return halfWidth(author.trim()).toLowerCase()
}
