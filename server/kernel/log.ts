import pino from 'pino'
import type { DestinationStream, Logger } from 'pino'

export type Log = Logger

/** Paths that never reach a log line, whatever object they sit in. */
const SECRET_FIELDS = [
  'password',
  'token',
  'access_token',
  'refresh_token',
  'refreshToken',
  'apiKey',
  'api_key',
  'authorization',
  'cookie',
]

/** One JSON line per event on standard output (or `destination`), secrets replaced by `[redacted]`. */
export function createLog(options: { level: string; destination?: DestinationStream }): Log {
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describeError },
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `req.headers.${field}`]),
        censor: '[redacted]',
      },
    },
    options.destination ?? pino.destination({ fd: 1, sync: false }),
  )
}

/** An error's name, code, sentence, stack and cause; never the objects libraries hang on their errors. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code } = error as { code?: unknown }
  return {
    type: error.name,
    message: error.message,
    ...(code !== undefined && { code }),
    stack: error.stack,
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  }
}

/** A log that writes nothing, for tests and tools. */
export const silentLog: Log = pino({ level: 'silent' })

/** A URL with every query value that could be a credential replaced, fit for a log line. */
export function redactUrl(url: string): string {
  const at = url.indexOf('?')
  if (at < 0) return url
  return (
    url.slice(0, at) +
    '?' +
    url.slice(at + 1).replace(/(^|&)((?:[a-z_]*token|ticket|key|sig|signature|code)=)[^&]*/gi, '$1$2[redacted]')
  )
}
