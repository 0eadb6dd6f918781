import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { Fault } from '#kernel/fault.ts'
import { envelopes, familyOfPath } from './envelopes/by-family.ts'
import type { Envelope, Words } from './envelopes/envelope.ts'
import { fallback } from './mount.ts'
import type { Speech } from './mount.ts'
import { invalidRequest } from './validation.ts'
import type { Issue } from './validation.ts'
import { preferredLocale } from './visit.ts'

/** Turns whatever was thrown into the answer of the family the request is for. The only place errors become statuses. */
export function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const siblings = request.routeOptions.config.mounted
  const mounted = request.chosen ?? (siblings === undefined ? undefined : fallback(siblings))
  const envelope = mounted?.envelope ?? envelopes[familyOfPath(pathOf(request))]
  const speech = mounted?.speech ?? {}
  const fault = error instanceof Fault ? error : faultOfFramework(error as FastifyError)
  if (fault === undefined) request.log.error({ err: error }, 'request failed unexpectedly')
  const words =
    fault === undefined ? envelope.defaults.bug : wordsFor(fault, envelope, speech, request.headers['accept-language'])
  return send(words, fault, { envelope, speech, request, reply })
}

/** The answer for a path or method that nothing is mounted on. */
export function answerNoRoute(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const envelope = envelopes[familyOfPath(pathOf(request))]
  const fault = new Fault('missing', 'request.no-route', 'There is no such path')
  return send(envelope.defaults['no-route'], fault, { envelope, speech: {}, request, reply })
}

/** A token that was one once. */
const ENDED: ReadonlySet<string> = new Set(['auth.expired', 'auth.account-gone'])

/** The words of a fault: the route's own, else the family's for its kind. */
export function wordsFor(fault: Fault, envelope: Envelope, speech: Speech, language?: string): Words {
  const exact = speech.words?.[fault.code]
  if (exact !== undefined) return typeof exact === 'function' ? exact(fault, preferredLocale(language)) : exact
  if (fault.code === 'request.rate-limited') return envelope.defaults['rate-limited']
  const fallbackWords = envelope.defaults[fault.kind]
  if (ENDED.has(fault.code) && envelope.family === 'meetings') {
    return { status: 401, code: 1005, message: 'Token过期' }
  }
  if (fault.code !== 'request.invalid') {
    return envelope.family === 'assistant' || envelope.family === 'raw'
      ? { ...fallbackWords, details: fault.message }
      : fallbackWords
  }
  const issue = fault.data['issue'] as Issue
  const chosen = speech.invalid?.(issue)
  if (chosen !== undefined) return chosen
  if (envelope.family === 'meetings') {
    return { ...fallbackWords, message: `${fallbackWords.message}: ${issue.detailsZh ?? issue.details}` }
  }
  return { ...fallbackWords, details: issue.details }
}

function send(
  words: Words,
  fault: Fault | undefined,
  at: { envelope: Envelope; speech: Speech; request: FastifyRequest; reply: FastifyReply },
): FastifyReply {
  const { reply } = at
  reply.status(words.status)
  // The stable name of what happened, for clients that put it in their own words.
  reply.header('x-fault', fault?.code ?? 'bug')
  const retryAfter = fault?.data['retryAfterSeconds']
  if (typeof retryAfter === 'number') reply.header('retry-after', retryAfter)
  reply.type('application/json; charset=utf-8')
  return reply.send(at.speech.shapeFailure?.(words) ?? at.envelope.fail(words, { requestId: at.request.id }))
}

/** What the parser of multipart forms says of one without a usable boundary, or that breaks off; it names it no other way. */
const BROKEN_FORM = /^Multipart: Boundary not found$|unexpected end of multipart data$|^The needle cannot /i

/** What Fastify itself refuses, as a fault; undefined for a bug of ours. */
function faultOfFramework(error: FastifyError): Fault | undefined {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' || error.code === 'FST_REQ_FILE_TOO_LARGE') {
    return new Fault('too-large', 'request.too-large', 'The request is larger than this route takes', { cause: error })
  }
  const isRefused = typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500
  if (isRefused || BROKEN_FORM.test(error.message)) {
    return invalidRequest({ in: 'body', field: '', fields: [], reason: 'type', details: error.message })
  }
  return undefined
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/'
}
