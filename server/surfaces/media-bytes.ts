import type { FastifyReply, FastifyRequest } from 'fastify'
import type { StoredFile } from '#domains/media/ports.ts'
import { Fault } from '#kernel/fault.ts'
import { takeOver } from './take-over.ts'

/** Bytes that never change under their id. */
export interface Content {
  readonly id: string
  readonly name: string
  readonly mime: string
  readonly size: number
  readonly changed: Date
  open(): Promise<StoredFile>
}

/** A reader that takes nothing for so long is given up, and what is held for it with it. */
const STALLED_MS = 5 * 60_000

/** Types that a browser shows by itself without running anything in them. */
const SHOWN = /^(video|audio)\/|^image\/(jpeg|png|gif|webp|avif)$|^text\/plain$/

/**
 * Sends a file: whole, a part of it (RFC 9110, sections 13 and 14), or that nothing changed. Several ranges at once are
 * answered with the whole, as the RFC allows.
 */
export async function sendBytes(
  request: FastifyRequest,
  reply: FastifyReply,
  content: Content,
  options: { asAttachment: boolean; cache?: string },
): Promise<void> {
  const etag = `"${content.id}"`
  const isSame = isUnchanged(request, etag, content.changed)
  const range = isSame ? undefined : wantedRange(request, etag, content)
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${content.size}`)
    throw new Fault('invalid', 'media.range', 'The range lies outside the file')
  }
  // Opened before anything is said of it: a refusal must not be kept by a cache for as long as the file would be.
  const file = isSame ? undefined : await content.open()
  const asAttachment = options.asAttachment || !SHOWN.test(content.mime)
  reply
    .header('etag', etag)
    .header('last-modified', content.changed.toUTCString())
    .header('accept-ranges', 'bytes')
    .header('cache-control', options.cache ?? 'private, max-age=3600')
    .header('content-disposition', disposition(asAttachment ? 'attachment' : 'inline', content.name))
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', "default-src 'none'; sandbox")
    .type(content.mime.startsWith('text/') ? `${content.mime}; charset=utf-8` : content.mime)
  if (file === undefined) {
    await reply.status(304).send()
    return
  }
  const { start, end } = range ?? { start: 0, end: content.size - 1 }
  reply.header('content-length', end - start + 1)
  if (range !== undefined) reply.status(206).header('content-range', `bytes ${start}-${end}/${content.size}`)
  const raw = takeOver(reply)
  if (request.method === 'HEAD') {
    await file.close()
    raw.end()
    return
  }
  // A player that is paused may stop reading, and asks for the rest later.
  raw.setTimeout(STALLED_MS, () => raw.destroy())
  try {
    await file.sendTo(raw, { start, end })
    raw.end()
  } catch (error) {
    if (!raw.destroyed) request.log.warn({ err: error }, 'a file could not be sent to its end')
    raw.destroy()
  }
}

/**
 * `Content-Disposition` by RFC 6266: an ASCII name for old programs, and the real one in UTF-8 (RFC 5987, section 3.2).
 */
export function disposition(kind: 'inline' | 'attachment', name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7E]/g, '_').replaceAll(/["\\%]/g, '_')
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

/** The one range asked for; undefined where the whole is to be sent. */
export function rangeOf(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? '')
  if (match === null) return undefined
  const [, from = '', to = ''] = match
  if (from === '' && to === '') return undefined
  if (from === '') {
    const last = Number(to)
    return last === 0 || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - last), end: size - 1 }
  }
  const start = Number(from)
  const end = to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (to !== '' && Number(to) < start) return undefined
  return start >= size ? 'unsatisfiable' : { start, end }
}

/** Only `GET` has ranges (RFC 9110, section 14.2). */
function wantedRange(request: FastifyRequest, etag: string, { changed, size }: Content) {
  const isMeant = request.method === 'GET' && isRangeStillMeant(request, etag, changed)
  return isMeant ? rangeOf(request.headers.range, size) : undefined
}

function isUnchanged(request: FastifyRequest, etag: string, changed: Date): boolean {
  const given = request.headers['if-none-match']
  if (given !== undefined) {
    return given === '*' || given.split(',').some((one) => one.trim().replace(/^W\//, '') === etag)
  }
  const since = Date.parse(request.headers['if-modified-since'] ?? '')
  return !Number.isNaN(since) && Math.floor(changed.getTime() / 1000) * 1000 <= since
}

/** `If-Range`: a part is only wanted of the same file. */
function isRangeStillMeant(request: FastifyRequest, etag: string, changed: Date): boolean {
  const given = request.headers['if-range']
  if (typeof given !== 'string') return given === undefined
  return given.startsWith('"') ? given === etag : given === changed.toUTCString()
}
