import type { FastifyInstance } from 'fastify'
import { isNamedOrigin } from './realtime/origin.ts'

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const TAKEN = 'authorization, content-type, x-api-key, range, if-range, if-none-match, last-event-id'
const SHOWN = [
  'x-request-id',
  'x-fault',
  'retry-after',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'content-disposition',
  'content-range',
].join(', ')
const PREFLIGHT_SECONDS = 600

/**
 * Lets pages of other origins, where an operator names them, read answers (Fetch standard, section 3.3, CORS). They show
 * tokens, never cookies, so credentials are not allowed. To pages of all other origins nothing is said, and their
 * preflight meets 404 like any method a path does not have.
 */
export function allowOrigins(app: FastifyInstance, allowed: readonly string[]): void {
  if (allowed.length === 0) return
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers
    reply.header('vary', 'origin')
    if (origin === undefined || !isNamedOrigin(origin, allowed)) return done()
    reply.header('access-control-allow-origin', origin)
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      reply.header('access-control-expose-headers', SHOWN)
      return done()
    }
    reply
      .header('access-control-allow-methods', METHODS)
      .header('access-control-allow-headers', TAKEN)
      .header('access-control-max-age', PREFLIGHT_SECONDS)
      .status(204)
      .send()
  })
}
