import { fileTypeFromBuffer, fileTypeFromFile } from 'file-type'
import { open } from 'node:fs/promises'
import { extname } from 'node:path'
import type { FileKind } from '#domains/media/media-file.ts'
import type { Sniffed, Sniffer } from '#domains/media/ports.ts'
import { Fault } from '#kernel/fault.ts'

const TEXT_HEAD_BYTES = 64 * 1024

/** What is taken besides `video/*` and `audio/*`, by what the bytes are. */
const PICTURES = /^image\/(jpeg|png|apng|gif|webp|avif|heic|heif|bmp|tiff)$/
const DOCUMENTS = new RegExp(
  `^application/(${[
    'pdf',
    'zip',
    'gzip',
    'rtf',
    'epub\\+zip',
    'x-7z-compressed',
    'x-tar',
    'x-cfb',
    'vnd\\.openxmlformats-officedocument\\..+',
    'vnd\\.oasis\\.opendocument\\..+',
  ].join('|')})$`,
)
/** Sound and pictures a browser or ffmpeg reads without opening anything else. */
const MEDIA =
  /^(video|audio)\/(mp4|quicktime|x-m4v|x-m4a|3gpp2?|webm|matroska|x-matroska|vnd\.avi|x-msvideo|mpeg|mp1s|mp2p|mp2t|x-flv|ogg|opus|wav|x-wav|vnd\.wave|aac|flac|x-flac|amr|aiff|x-aiff|ac3|x-ms-asf|x-ms-wma)/

/** Texts have no signature; their names say which they are. */
const TEXTS: Readonly<Record<string, string>> = {
  '.txt': 'text/plain',
  '.log': 'text/plain',
  '.md': 'text/markdown',
  '.csv': 'text/csv',
  '.json': 'application/json',
  '.vtt': 'text/vtt',
  '.srt': 'application/x-subrip',
}
/** Texts that make a program open other files, or a browser run them. */
const ACTIVE_TEXT = /^\s*(#EXTM3U|ffconcat|\[playlist\]|<\?xml|<!doctype|<svg|<html|<script|<smil|<asx|v=0\r?\n)/i

/** Tells types by content: signatures by `file-type`, texts by being valid UTF-8. */
export const sniffer: Sniffer = {
  head: async (bytes, name) => {
    const found = await fileTypeFromBuffer(bytes).catch(() => undefined)
    if (found !== undefined) return kindOf(found.mime)
    return isText(bytes) && extname(name).toLowerCase() in TEXTS ? 'document' : undefined
  },

  file: async (path, name) => {
    const found = await fileTypeFromFile(path).catch(() => undefined)
    if (found !== undefined) {
      const kind = kindOf(found.mime)
      if (kind === undefined) throw unsupported(found.mime)
      return { mime: plain(found.mime), kind, extension: found.ext }
    }
    return await textFile(path, name)
  },
}

/** The kind of a type we take; undefined for the others. */
function kindOf(mime: string): FileKind | undefined {
  if (MEDIA.test(mime)) return mime.startsWith('video/') ? 'video' : 'audio'
  if (PICTURES.test(mime)) return 'image'
  return DOCUMENTS.test(mime) ? 'document' : undefined
}

/** Without parameters, as `Content-Type` carries it best (`audio/ogg; codecs=opus`). */
function plain(mime: string): string {
  return mime.split(';', 1)[0] ?? mime
}

async function textFile(path: string, name: string): Promise<Sniffed> {
  const file = await open(path, 'r')
  let head: Buffer
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TEXT_HEAD_BYTES), 0, TEXT_HEAD_BYTES, 0)
    head = buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
  if (!isText(head)) throw unsupported('unknown content')
  if (ACTIVE_TEXT.test(head.toString('utf8').replace(/^\uFEFF/, ''))) throw unsupported('a playlist or markup text')
  const extension = extname(name).toLowerCase()
  const mime = TEXTS[extension]
  if (mime === undefined) throw unsupported(`a text named ${extension === '' ? 'without an ending' : extension}`)
  return { mime, kind: 'document', extension: extension.slice(1) }
}

function isText(bytes: Buffer): boolean {
  if (bytes.includes(0)) return false
  try {
    // A character may be cut at the end.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

function unsupported(what: string): Fault {
  return new Fault('invalid', 'media.unsupported', `This kind of file is not taken: ${what}`, { data: { what } })
}
