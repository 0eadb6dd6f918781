import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from './fault.ts'
import { openOutbound } from './outbound-fetch.ts'

/** What a server said of a file, by which a rest of the same file can be asked for (RFC 9110, section 13.1.5). */
export interface Validator {
  /** A strong ETag, else the date of the last change. */
  readonly ifRange: string
  /** Bytes of the whole; null where the server does not say. */
  readonly total: number | null
}

export interface Download {
  readonly url: string
  /** What is here of it already stays, and is gone on from where the server can. */
  readonly path: string
  readonly allowPrivate: boolean
  /** More than this is refused. */
  readonly mostBytes: number
  /** What the server said when the part that is here was fetched. */
  readonly validator: Validator | undefined
  /** A connection that brings nothing for so long is given up and tried again. */
  readonly stallMs: number
  /** So many tries without a byte end it. */
  readonly tries: number
  /** The wait before the second try; doubled with each further one. */
  readonly retryMs: number
  readonly signal: AbortSignal
  /** Called before the bytes that it is about are written. @throws to end it */
  onValidator(validator: Validator | undefined): Promise<void>
  /** Bytes of the file that are here. */
  onBytes(bytes: number): void
}

const LONGEST_WAIT_MS = 60_000

/** Passes by: the same request may succeed later. */
class Passing extends Error {
  /** What the server asks for, in milliseconds. */
  readonly waitMs: number
  constructor(message: string, waitMs = 0) {
    super(message)
    this.waitMs = waitMs
  }
}

/**
 * Fetches a file to the disk, with as many connections as it takes; each goes on where the last one ended if the server
 * still has the same file, else from the beginning. Resolves when all of it is written and flushed.
 * @throws Fault `outbound.refused`, `outbound.failed`, `outbound.too-large`, `disk.full`; the signal's reason
 */
export async function downloadOutbound(download: Download): Promise<void> {
  const { path, tries, retryMs, signal } = download
  let validator = download.validator
  let fruitless = 0
  let isComplete = false
  while (!isComplete) {
    signal.throwIfAborted()
    const before = await sizeOf(path)
    try {
      isComplete = await attempt({ ...download, validator }, before, async (found) => {
        validator = found
        await download.onValidator(found)
      })
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof Fault) throw error
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw diskFull(error)
      fruitless = (await sizeOf(path)) > before ? 1 : fruitless + 1
      if (fruitless >= tries) throw failed((error as Error).message, error)
      const asked = error instanceof Passing ? error.waitMs : 0
      await delay(Math.min(LONGEST_WAIT_MS, Math.max(asked, retryMs * 2 ** (fruitless - 1))), undefined, { signal })
    }
  }
}

/** One connection. True when the file is whole; false to begin anew at once. */
async function attempt(download: Download, offset: number, onValidator: Download['onValidator']): Promise<boolean> {
  const { validator, stallMs } = download
  const stall = new AbortController()
  const timer = setTimeout(() => stall.abort(new Passing('nothing came for too long')), stallMs)
  const signal = AbortSignal.any([download.signal, stall.signal])
  const resumes = offset > 0 && validator !== undefined
  // Compressed, neither the length nor a range would be of the file. Some hosts refuse callers without a name.
  const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'Confab' }
  if (resumes) {
    headers['range'] = `bytes=${offset}-`
    headers['if-range'] = validator.ifRange
  }
  try {
    const answer = await openOutbound(download.url, { allowPrivate: download.allowPrivate, signal, headers })
    try {
      return await take(answer, { ...download, signal, onValidator }, resumes ? offset : 0, () => timer.refresh())
    } finally {
      answer.destroy()
    }
  } catch (error) {
    if (stall.signal.aborted && !download.signal.aborted) throw stall.signal.reason
    throw error
  } finally {
    clearTimeout(timer)
  }
}

async function take(
  answer: IncomingMessage,
  download: Download,
  offset: number,
  onChunk: () => void,
): Promise<boolean> {
  const { statusCode: status = 0, headers } = answer
  const range = rangeOf(headers)
  if (status === 416 && offset > 0) {
    if (range.total === offset) return true
    // What is here is not of the file that is there now.
    await truncate(download.path)
    await download.onValidator(undefined)
    return false
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    throw new Passing(`it answered ${status}`, Number(headers['retry-after'] ?? 0) * 1000 || 0)
  }
  if (status !== 200 && status !== 206) throw failed(`it answered ${status}`)
  const goesOn = status === 206 && offset > 0
  if (status === 206 && range.start !== offset) throw failed('it answered another range than was asked for')
  const length = headers['content-length'] === undefined ? null : Number(headers['content-length'])
  const start = goesOn ? offset : 0
  const total = goesOn ? range.total : length
  if ((total ?? 0) > download.mostBytes) throw tooLarge(download.mostBytes)
  if (!goesOn) await truncate(download.path)
  await download.onValidator(validatorOf(headers, total))
  const bytes = await append(answer, download, start, onChunk)
  if (total !== null && bytes !== total) throw new Passing(`it ended after ${bytes} of ${total} bytes`)
  return true
}

async function append(
  answer: IncomingMessage,
  { path, mostBytes, onBytes }: Download,
  start: number,
  onChunk: () => void,
): Promise<number> {
  const file = await open(path, 'a', 0o600)
  let bytes = start
  try {
    onBytes(bytes)
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      onChunk()
      if (bytes + chunk.length > mostBytes) throw tooLarge(mostBytes)
      await file.appendFile(chunk)
      bytes += chunk.length
      onBytes(bytes)
    }
    return bytes
  } finally {
    await file.sync()
    await file.close()
  }
}

function validatorOf(headers: IncomingHttpHeaders, total: number | null): Validator | undefined {
  const { etag, 'last-modified': modified } = headers
  // A weak ETag says that the meaning is the same, which is not enough for bytes.
  const ifRange = etag !== undefined && !etag.startsWith('W/') ? etag : modified
  return ifRange === undefined ? undefined : { ifRange, total }
}

function rangeOf(headers: IncomingHttpHeaders): { start: number | null; total: number | null } {
  const [, start, total] = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? []
  return {
    start: start === undefined ? null : Number(start),
    total: total === undefined || total === '*' ? null : Number(total),
  }
}

async function truncate(path: string): Promise<void> {
  await (await open(path, 'w', 0o600)).close()
}

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const stream = createReadStream(path, { ...(signal && { signal }), highWaterMark: 1024 * 1024 })
  for await (const chunk of stream as AsyncIterable<Buffer>) hash.update(chunk)
  return hash.digest('hex')
}

const failed = (why: string, cause?: unknown): Fault =>
  new Fault('unavailable', 'outbound.failed', `The address could not be fetched: ${why}`, { data: { why }, cause })

const tooLarge = (most: number): Fault =>
  new Fault('too-large', 'outbound.too-large', `There is more than ${most} bytes at the address`, { data: { most } })

const diskFull = (cause: unknown): Fault => new Fault('unavailable', 'disk.full', 'The disk is full', { cause })
