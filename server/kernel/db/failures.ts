import { Fault } from '#kernel/fault.ts'

/** SQLSTATEs worth telling apart. */
export const SqlState = {
  uniqueViolation: '23505',
  foreignKeyViolation: '23503',
  checkViolation: '23514',
  exclusionViolation: '23P01',
  serializationFailure: '40001',
  deadlock: '40P01',
  lockTimeout: '55P03',
  queryCanceled: '57014',
  featureNotSupported: '0A000',
} as const

/** The SQLSTATE of an error PostgreSQL answered with, and the constraint it names. */
export function sqlState(error: unknown): { code: string; constraint: string | undefined } | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, constraint } = error as Error & { code?: unknown; constraint?: unknown }
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return undefined
  return { code, constraint: typeof constraint === 'string' ? constraint : undefined }
}

/** Whether `error` is the violation `code` (a `SqlState`), of `constraint` where one is named. */
export function violates(error: unknown, code: string, constraint?: string): boolean {
  const state = sqlState(error)
  return state?.code === code && (constraint === undefined || state.constraint === constraint)
}

/** Whether running the same transaction again can succeed. */
export function isRetryable(error: unknown): boolean {
  const code = sqlState(error)?.code
  return code === SqlState.serializationFailure || code === SqlState.deadlock
}

/** Whether a prepared statement answers what its table no longer has; nothing was done. */
export function isOutdatedPlan(error: unknown): boolean {
  return sqlState(error)?.code === SqlState.featureNotSupported && (error as Error).message.startsWith('cached plan')
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOENT: 'nothing listens there',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name cannot be looked up',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ECONNRESET: 'it closed the connection',
  '28P01': 'it refuses the user name or password',
  '28000': 'it refuses this user',
  '3D000': 'it has no database of that name',
  '53300': 'it has no connection left',
  '57P03': 'it is starting up or shutting down',
}

/** Why a connection failed, in a few words that hold no secret. */
function connectionReason(error: unknown): string {
  const { code, message, errors } = error as { code?: string; message?: string; errors?: unknown[] }
  if (code !== undefined && REASONS[code] !== undefined) return REASONS[code]
  // Several addresses were tried: their own reasons say more.
  if (Array.isArray(errors) && errors.length > 0) return connectionReason(errors[0])
  if (/timeout/i.test(message ?? '')) return 'it does not answer'
  return message === undefined || message === '' ? 'the connection failed' : message
}

/** The fault of a database that cannot be spoken to; `where` is a host and port, never a URL. */
export function unreachable(where: string, cause: unknown): Fault {
  return new Fault(
    'unavailable',
    'db.unreachable',
    `The database at ${where} cannot be used: ${connectionReason(cause)}.`,
    {
      cause,
    },
  )
}
