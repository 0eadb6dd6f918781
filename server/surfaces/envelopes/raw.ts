import { Type } from 'typebox'
import type { Envelope } from './envelope.ts'

/** Routes of no family (health, documentation, files): the value itself; failures are `{error}`. */
export const raw: Envelope = {
  family: 'raw',
  ok: (value) => value,
  fail: ({ message }) => ({ error: message }),
  okSchema: (result) => result,
  failSchema: Type.Object({ error: Type.String() }),
  defaults: {
    invalid: { status: 400, message: 'The request is not valid.' },
    unauthenticated: { status: 401, message: 'Sign in first.' },
    forbidden: { status: 403, message: 'You may not do this.' },
    missing: { status: 404, message: 'There is nothing here.' },
    conflict: { status: 409, message: 'This conflicts with what is there.' },
    'too-large': { status: 413, message: 'The request is too large.' },
    busy: { status: 429, message: 'Too many requests; try again later.' },
    unavailable: { status: 503, message: 'Not available right now.' },
    'no-route': { status: 404, message: 'There is nothing here.' },
    'rate-limited': { status: 429, message: 'Too many requests; try again later.' },
    bug: { status: 500, message: 'Something went wrong; it has been logged.' },
  },
}
