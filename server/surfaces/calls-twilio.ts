import type { FastifyInstance } from 'fastify'

/** What the webhooks need of the carrier. */
export interface TwilioHooks {
  sound(token: string): Buffer | undefined
  callback(path: string, signature: string | undefined, fields: Readonly<Record<string, string>>): void
}

const MOST_FIELDS = 100
const BODY_LIMIT = 65_536

/** What Twilio fetches and posts while it makes our calls. Form posts are read here alone. */
export function mountTwilioHooks(
  http: FastifyInstance,
  { hooks, paths }: { hooks: TwilioHooks; paths: { sound: string; status: string } },
): void {
  http.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: BODY_LIMIT },
      (_request, body, done) => done(null, new URLSearchParams(body as string)),
    )
    scope.get<{ Params: { file: string } }>(`${paths.sound}/:file`, async (request, reply) => {
      const wav = hooks.sound(request.params.file.replace(/\.wav$/, ''))
      if (wav === undefined) return reply.callNotFound()
      return reply.type('audio/wav').header('cache-control', 'private, no-store').send(wav)
    })
    scope.post<{ Params: { token: string } }>(`${paths.status}/:token`, async (request, reply) => {
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
      const fields = Object.fromEntries([...form.entries()].slice(0, MOST_FIELDS))
      const signature = request.headers['x-twilio-signature']
      hooks.callback(request.url, typeof signature === 'string' ? signature : undefined, fields)
      return reply.status(204).send()
    })
  })
}
