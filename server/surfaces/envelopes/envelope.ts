import { Type } from 'typebox'
import type { TSchema } from 'typebox'
import type { FaultKind } from '#kernel/fault.ts'
import type { Family } from '#contracts/route.ts'

/** How a failure is put: its status, its sentence, the family's own code and data where it has them. */
export interface Words {
  readonly status: number
  readonly message: string
  readonly code?: string | number
  readonly data?: Readonly<Record<string, unknown>>
  /** The assistant family's second sentence. */
  readonly details?: string
}

/** What an envelope needs to know of the answer it wraps. */
export interface AnswerContext {
  readonly status: number
  readonly requestId: string
  /** The route's own sentence of success, in families that carry one. */
  readonly message?: string
}

/** Failures that have no more exact words: by kind, plus those that HTTP itself brings. */
export type DefaultWords = Readonly<Record<FaultKind | 'no-route' | 'rate-limited' | 'bug', Words>>

/** One document family's way to answer (contract, section 1). */
export interface Envelope {
  readonly family: Family
  ok(value: unknown, context: AnswerContext): unknown
  fail(words: Words, context: { requestId: string }): unknown
  okSchema(result: TSchema): TSchema
  readonly failSchema: TSchema
  readonly defaults: DefaultWords
}

/** An object schema without properties, for `{}` in an envelope. */
export const emptyObject = Type.Object({}, { additionalProperties: false })
