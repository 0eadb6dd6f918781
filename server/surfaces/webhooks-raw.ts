import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** What a service posts to us: the bytes that were signed, and the headers that carry the signature. */
export interface Posted {
  readonly body: Buffer
  header(name: string): string
  /** The body as JSON; undefined when it is none. */
  json(): unknown
}

/** Answers a webhook: a status, and a body where the service wants one. */
export type WebhookHandler = (posted: Posted) => Promise<{ status: number; body?: unknown }>

const LARGEST_BODY = 1_048_576

/** Mounts a webhook at `path`; its body is kept as it came, since signatures are over bytes. */
export function mountWebhook(http: FastifyInstance, path: string, handler: WebhookHandler): void {
  void http.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: LARGEST_BODY }, (_request, body, parsed) => {
      parsed(null, body)
    })
    scope.post(path, async (request: FastifyRequest, reply: FastifyReply) => {
      const answer = await handler(postedBy(request))
      return reply.status(answer.status).send(answer.body ?? {})
    })
    done()
  })
}

function postedBy(request: FastifyRequest): Posted {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  return {
    body,
    header: (name) => {
      const value = request.headers[name]
      return (Array.isArray(value) ? value[0] : value) ?? ''
    },
    json: () => {
      try {
        return JSON.parse(body.toString('utf8')) as unknown
      } catch {
        return undefined
      }
    },
  }
}
