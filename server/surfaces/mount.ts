import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import type { AnyRoute, BodyOf, ParamsOf, QueryOf, ResultOf } from '#contracts/route.ts'
import type { Authenticate, Principal } from '#domains/identity/principal.ts'
import { Fault } from '#kernel/fault.ts'
import type { RateLimiter } from '#kernel/rate-limit.ts'
import type { Envelope, Words } from './envelopes/envelope.ts'
import { envelopes } from './envelopes/by-family.ts'
import { credentialsOf } from './credentials.ts'
import { compileValidators } from './validation.ts'
import type { Issue } from './validation.ts'

/** What a handler is given: the checked parts of the request and who asks. */
export interface Call<R extends AnyRoute> {
  readonly params: ParamsOf<R>
  readonly query: QueryOf<R>
  readonly body: BodyOf<R>
  /** Who asks. Reading it on a route open to anyone, where nobody signed in, is a bug. */
  readonly account: Principal
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Returned by a handler that has sent its answer itself (files, event streams). */
export const SENT = Symbol('sent')

/** How a route speaks, where the family's own words are not exact enough. */
export interface Speech {
  /** The sentence of success, in families that carry one. */
  readonly message?: string
  /** Words for faults, by code; the language is the one the client asks for, where it is one of ours. */
  readonly words?: Readonly<Record<string, Words | ((fault: Fault, locale: string | null) => Words)>>
  /** Words for a request its contract does not allow. */
  readonly invalid?: (issue: Issue) => Words | undefined
  /** The whole body of a failure, where a document shows another shape for this one route. */
  readonly shapeFailure?: (words: Words) => unknown
}

/** Whose a call is that shows it in its body alone; undefined where it is nobody's. Its rate limit counts for them. */
export type CallerOf = (request: FastifyRequest) => Promise<number | undefined>

/** A contract with its handler, as kept for answering, for OpenAPI and for tests. */
export interface Mounted {
  readonly contract: AnyRoute
  readonly envelope: Envelope
  readonly speech: Speech
  readonly callerOf: CallerOf | undefined
  readonly run: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
}

/** Mounts contracts on handlers; each surface calls it once per route. */
export type Mount = <R extends AnyRoute>(
  contract: R,
  handler: (call: Call<R>) => Promise<ResultOf<R> | typeof SENT>,
  speech?: Speech,
  callerOf?: CallerOf,
) => void

declare module 'fastify' {
  interface FastifyContextConfig {
    mounted?: Mounted[]
  }
  interface FastifyRequest {
    /** Which of the contracts on this path the request is for. */
    chosen: Mounted | null
    principal: Principal | null
  }
}

const WINDOW_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const
const DEFAULT_BODY_LIMIT = 1_048_576

/** Makes the mounting function of an app and the list of all it mounted. */
export function createMount(
  app: FastifyInstance,
  parts: { authenticate: Authenticate; limiter: RateLimiter; rateLimits: boolean; checkResults: boolean },
): { mount: Mount; mounted: readonly Mounted[] } {
  const byPath = new Map<string, Mounted[]>()
  const all: Mounted[] = []
  app.decorateRequest('chosen', null)
  app.decorateRequest('principal', null)

  const mount: Mount = (contract, handler, speech = {}, callerOf) => {
    const entry = { ...bind(contract, handler as Handler, speech, parts.checkResults), callerOf }
    all.push(entry)
    const key = `${contract.method} ${contract.path}`
    const siblings = byPath.get(key)
    if (siblings !== undefined) {
      siblings.push(entry)
      return
    }
    const here = [entry]
    byPath.set(key, here)
    app.route({
      method: contract.method,
      url: contract.path,
      bodyLimit: contract.bodyLimit ?? DEFAULT_BODY_LIMIT,
      config: { mounted: here },
      onRequest: async (request, reply) => {
        const first = here.length === 1 ? entry : null
        request.chosen = first
        if (first !== null) await admit(first, request, reply, parts)
      },
      handler: async (request, reply) => {
        if (request.chosen === null) {
          const chosen = here.find((one) => one.contract.chosenBy?.(request.body)) ?? fallback(here)
          request.chosen = chosen
          await admit(chosen, request, reply, parts)
        }
        const { contract: asked, callerOf: whose } = request.chosen
        if (whose !== undefined) limit(asked, { request, reply, accountId: await whose(request) }, parts)
        const answer = await request.chosen.run(request, reply)
        return answer === SENT ? reply : reply.send(answer)
      },
    })
  }
  return { mount, mounted: all }
}

/** The contract of a shared path that takes whatever no other one claims. */
export function fallback(mounted: readonly Mounted[]): Mounted {
  return mounted.find((one) => one.contract.chosenBy === undefined) ?? (mounted[0] as Mounted)
}

type Handler = (call: Call<AnyRoute>) => Promise<unknown>

function bind(contract: AnyRoute, handler: Handler, speech: Speech, checkResults: boolean): Omit<Mounted, 'callerOf'> {
  const envelope = envelopes[contract.family]
  const check = compileValidators(contract)
  const resultCheck = checkResults ? Compile(contract.result) : undefined
  const status = contract.status ?? 200
  return {
    contract,
    envelope,
    speech,
    run: async (request, reply) => {
      const call = {
        params: check.params(request.params),
        query: check.query(request.query),
        body: contract.multipart ? undefined : check.body(request.body),
        request,
        reply,
        get account() {
          if (request.principal === null) throw new Error(`${contract.id} read the account of an open route`)
          return request.principal
        },
      } as unknown as Call<AnyRoute>
      const value = await handler(call)
      if (value === SENT) return SENT
      reply.status(status)
      if (resultCheck !== undefined && contract.family !== 'raw') assertResult(contract, resultCheck, value)
      if (contract.bare === true) return value
      const context = {
        status,
        requestId: request.id,
        ...(speech.message !== undefined && { message: speech.message }),
      }
      return envelope.ok(value, context)
    },
  }
}

function assertResult(contract: AnyRoute, check: ReturnType<typeof Compile>, value: unknown): void {
  const sent: unknown = value === undefined ? null : JSON.parse(JSON.stringify(value))
  if (!check.Check(sent)) {
    throw new Error(`${contract.id} answers what its contract does not allow: ${JSON.stringify(check.Errors(sent))}`)
  }
}

async function admit(
  { contract, callerOf }: Mounted,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: { authenticate: Authenticate; limiter: RateLimiter; rateLimits: boolean },
): Promise<void> {
  if (contract.access !== 'anyone') {
    request.principal = await parts.authenticate(credentialsOf(request.headers))
    // Only who is known can be told that a key is not enough: a key that is none is nobody's.
    if (contract.access !== 'account' && request.principal.sessionId === null) {
      throw new Fault('forbidden', 'auth.token-needed', 'An API key is not enough for this; sign in')
    }
    if (contract.access === 'admin' && request.principal.role !== 'admin') {
      throw new Fault('forbidden', 'auth.admin-needed', 'Only an admin may do this')
    }
  }
  if (callerOf === undefined) limit(contract, { request, reply, accountId: request.principal?.accountId }, parts)
}

/** Counts a call for its account, or for the address where no account is known (contract, section 7). */
function limit(
  contract: AnyRoute,
  { request, reply, accountId }: { request: FastifyRequest; reply: FastifyReply; accountId: number | undefined },
  parts: { limiter: RateLimiter; rateLimits: boolean },
): void {
  const { rateLimit } = contract
  if (rateLimit === undefined || !parts.rateLimits) return
  const who = accountId === undefined ? `ip:${request.ip}` : `account:${accountId}`
  const allowance = parts.limiter.use(`${contract.id} ${who}`, rateLimit.max, WINDOW_MS[rateLimit.per])
  reply.header('ratelimit-limit', allowance.limit)
  reply.header('ratelimit-remaining', allowance.remaining)
  reply.header('ratelimit-reset', allowance.resetSeconds)
  if (!allowance.allowed) {
    throw new Fault('busy', 'request.rate-limited', 'Too many requests', {
      data: { retryAfterSeconds: allowance.resetSeconds },
    })
  }
}
