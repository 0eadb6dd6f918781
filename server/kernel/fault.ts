/** What went wrong, in words a surface can turn into any document's status and sentence. */
export type FaultKind =
  'invalid' | 'unauthenticated' | 'forbidden' | 'missing' | 'conflict' | 'too-large' | 'busy' | 'unavailable'

/**
 * A failure a domain foresaw. `code` is a dotted stable name (`accounts.email-taken`) by which surfaces and clients tell
 * faults apart; `message` is plain English for logs and for families with no wording of their own; `data` travels to the
 * surface (a conflict's times, a retry delay). Anything thrown that is not a Fault is a bug and becomes a 500.
 */
export class Fault extends Error {
  readonly kind: FaultKind
  readonly code: string
  readonly data: Readonly<Record<string, unknown>>

  constructor(
    kind: FaultKind,
    code: string,
    message: string,
    options: { cause?: unknown; data?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Fault'
    this.kind = kind
    this.code = code
    this.data = options.data ?? {}
  }
}

/** Whether `error` is the fault with this code. */
export function isFault(error: unknown, code?: string): error is Fault {
  return error instanceof Fault && (code === undefined || error.code === code)
}
