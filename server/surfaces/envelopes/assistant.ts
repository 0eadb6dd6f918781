import { Type } from 'typebox'
import type { Envelope } from './envelope.ts'

/** Document 3: `{message, …}`; failures are `{error, details, message}` where `message` repeats `error`. */
export const assistant: Envelope = {
  family: 'assistant',
  ok: (value, { message }) => ({ message: message ?? 'OK', ...(value as object | null) }),
  fail: ({ message, details }) => ({ error: message, details: details ?? message, message }),
  okSchema: (result) => Type.Intersect([Type.Object({ message: Type.String() }), result]),
  failSchema: Type.Object({ error: Type.String(), details: Type.String(), message: Type.String() }),
  defaults: {
    invalid: { status: 400, message: 'Validation failed' },
    unauthenticated: { status: 401, message: 'Unauthorized' },
    forbidden: { status: 403, message: 'Forbidden' },
    missing: { status: 404, message: 'Not found' },
    conflict: { status: 409, message: 'Conflict' },
    'too-large': { status: 413, message: 'Request too large' },
    busy: { status: 429, message: 'Too many requests' },
    unavailable: { status: 503, message: 'Service unavailable' },
    'no-route': { status: 404, message: 'Not found', details: 'There is no such path' },
    'rate-limited': { status: 429, message: 'Too many requests' },
    bug: { status: 500, message: 'Something went wrong', details: 'An unexpected error; it has been logged' },
  },
}
