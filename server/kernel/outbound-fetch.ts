import { request as httpRequest } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import { pipeline } from 'node:stream/promises'
import type { Writable } from 'node:stream'
import { Fault } from './fault.ts'
import { failed, refused, resolveOutbound } from './outbound-address.ts'

/** What an address given by a user may point at, and how much of it is taken. */
export interface OutboundLimits {
  /** Also private, loopback and link-local addresses. */
  readonly allowPrivate: boolean
  readonly mostBytes: number
  /** For all of it, redirects included. */
  readonly timeoutMs: number
  /** Whoever asks may give it up; its reason is thrown. */
  readonly signal?: AbortSignal
}

const MOST_REDIRECTS = 5
const CHECK_MS = 5_000
const REDIRECTS = new Set([301, 302, 303, 307, 308])

interface Target {
  readonly url: URL
  readonly address: string
}

/**
 * Refuses an address that must not be fetched, before any work is done. A name that cannot be resolved passes: only
 * fetching it will tell.
 * @throws Fault `outbound.refused`
 */
export async function checkOutbound(
  text: string,
  { allowPrivate }: Pick<OutboundLimits, 'allowPrivate'>,
): Promise<void> {
  try {
    await targetOf(text, allowPrivate, AbortSignal.timeout(CHECK_MS))
  } catch (error) {
    if (error instanceof Fault && error.code === 'outbound.refused') throw error
  }
}

/**
 * Fetches an address that a user gave into `to`, which is closed. The name is resolved once and that address is used,
 * so that it cannot change between the check and the connection; each redirect is checked like the first.
 * @throws Fault `outbound.refused`, `outbound.failed`, `outbound.too-large`, `outbound.timed-out`
 */
export async function fetchOutbound(text: string, to: Writable, limits: OutboundLimits): Promise<void> {
  const late = AbortSignal.timeout(limits.timeoutMs)
  const signal = limits.signal === undefined ? late : AbortSignal.any([limits.signal, late])
  try {
    const answer = await answerOf(text, limits, signal)
    await pipeline(answer, (source: AsyncIterable<Buffer>) => upTo(limits.mostBytes, source), to, { signal })
  } catch (error) {
    to.destroy()
    limits.signal?.throwIfAborted()
    if (error instanceof Fault) throw error
    if (signal.aborted) {
      throw new Fault('invalid', 'outbound.timed-out', 'The address took too long', { cause: error })
    }
    throw failed((error as Error).message, error)
  }
}

/**
 * Asks an address that a user or a manifest gave, and follows where it leads; each hop is checked like the first. Any
 * answer that is no redirect is handed out, whatever its status; whoever takes it reads or destroys it.
 * @throws Fault `outbound.refused`, `outbound.failed`; the network's own errors, and the signal's
 */
export async function openOutbound(
  first: string,
  options: { allowPrivate: boolean; signal: AbortSignal; headers?: Readonly<Record<string, string>> },
): Promise<IncomingMessage> {
  let text = first
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const target = await targetOf(text, options.allowPrivate, options.signal)
    const answer = await get(target, options.signal, options.headers)
    const status = answer.statusCode ?? 0
    const location = answer.headers.location
    if (REDIRECTS.has(status) && location !== undefined) {
      answer.destroy()
      if (!URL.canParse(location, target.url.href)) throw failed('it redirects to no address')
      text = new URL(location, target.url.href).href
      continue
    }
    return answer
  }
  throw failed('it redirects too often')
}

async function answerOf(text: string, limits: OutboundLimits, signal: AbortSignal): Promise<IncomingMessage> {
  const answer = await openOutbound(text, { allowPrivate: limits.allowPrivate, signal })
  if (answer.statusCode !== 200) {
    answer.destroy()
    throw failed(`it answered ${answer.statusCode}`)
  }
  if (Number(answer.headers['content-length']) > limits.mostBytes) {
    answer.destroy()
    throw tooLarge(limits.mostBytes)
  }
  return answer
}

async function targetOf(text: string, allowPrivate: boolean, signal: AbortSignal): Promise<Target> {
  if (!URL.canParse(text)) throw refused('is no address')
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused('is neither http nor https')
  if (url.username !== '' || url.password !== '') throw refused('carries a password')
  const address = await resolveOutbound(url.hostname, allowPrivate, signal)
  return { url, address }
}

function get(
  { url, address }: Target,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<IncomingMessage> {
  const toAddress: LookupFunction = (_host, options, done) => {
    const family = isIP(address)
    if (options.all === true) done(null, [{ address, family }])
    else done(null, address, family)
  }
  const options: RequestOptions = { lookup: toAddress, agent: false, signal, headers: { accept: '*/*', ...headers } }
  return new Promise((done, reject) => {
    const asked = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options)
    asked.once('response', done).once('error', reject).end()
  })
}

async function* upTo(most: number, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > most) throw tooLarge(most)
    yield chunk
  }
}

const tooLarge = (most: number): Fault =>
  new Fault('too-large', 'outbound.too-large', `There is more than ${most} bytes at the address`, { data: { most } })
