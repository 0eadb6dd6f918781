import { randomUUID } from 'node:crypto'
import { fastify, LogController } from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { redactUrl } from '#kernel/log.ts'
import type { Log } from '#kernel/log.ts'
import { limitBodyTime } from './body-time.ts'
import { noteUnused } from './close-gently.ts'
import { answerFailure, answerNoRoute } from './failures.ts'
import { setSecurityHeaders } from './security-headers.ts'

/** A Fastify app with what every route shares: ids, logging, body parsing, failures, headers. Routes are mounted on it. */
export function createHttpServer(options: {
  log: Log
  trustedProxies: readonly string[]
  /** Answers a GET that no route takes: the web app's page, where there is one. */
  onNoRoute?: (request: FastifyRequest, reply: FastifyReply) => unknown
}): FastifyInstance {
  const app = fastify({
    loggerInstance: options.log,
    // We write our own line per request, with the credentials in its URL taken out.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => randomUUID(),
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    bodyLimit: 1_048_576,
    // By default two minutes for a whole request, which a large upload would not keep: `limitBodyTime` is exacter.
    requestTimeout: 0,
    keepAliveTimeout: 65_000,
    routerOptions: { maxParamLength: 512, ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => void answerFailure(error, request, reply),
    forceCloseConnections: 'idle',
  }) as unknown as FastifyInstance
  noteUnused(app.server)
  app.removeAllContentTypeParsers()
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser(['application/json', 'text/json'], { parseAs: 'string' }, (request, body, done) => {
    // Many clients send the header with an empty body on a POST that takes none.
    if (body.length === 0) done(null, undefined)
    else void parseJson(request, body as string, done)
  })
  app.setErrorHandler((error, request, reply) => answerFailure(error, request, reply))
  app.setNotFoundHandler(options.onNoRoute ?? ((request, reply) => answerNoRoute(request, reply)))
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    setSecurityHeaders(request, reply)
    const isUpload = request.routeOptions.config.mounted?.some(({ contract }) => contract.multipart === true) ?? false
    limitBodyTime(request.raw, { isUpload })
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const level = reply.statusCode >= 500 ? 'warn' : 'debug'
    // Most lines are written at no level in use; then not even their parts are put together.
    if (!options.log.isLevelEnabled(level)) return done()
    request.log[level](
      {
        method: request.method,
        url: redactUrl(request.url),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        ...(request.principal && { account: request.principal.accountId }),
      },
      'answered',
    )
    done()
  })
  return app
}
