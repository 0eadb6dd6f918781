import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { Parser } from 'tar'
import type { ReadEntry } from 'tar'
import unbzip2 from 'unbzip2-stream'
import { open as openZip } from 'yauzl'
import type { Entry, ZipFile } from 'yauzl'
import { Fault } from '#kernel/fault.ts'

/** What an archive may unpack to. */
export interface ArchiveLimits {
  readonly mostBytes: number
  readonly mostFiles: number
}

type Kind = 'tar' | 'gzip' | 'bzip2' | 'zip'

/** Most headers that hold the name and nothing else of a file: pathological ones are refused. */
const LONGEST_PATH = 400

/**
 * Unpacks the plain files of a .tar, .tar.gz, .tar.bz2 or .zip into a folder; what it is, its first bytes tell. Paths
 * that lead out, links, devices, and more than the limits are refused, whatever its own tables claim.
 * @throws Fault `ai.archive`
 */
export async function unpackArchive(archive: string, to: string, limits: ArchiveLimits): Promise<void> {
  const writer = createWriter(to, limits)
  try {
    const kind = await kindOf(archive)
    if (kind === 'zip') await unpackZip(archive, writer)
    else await unpackTar(archive, kind, writer)
  } catch (error) {
    if (error instanceof Fault) throw error
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error
    throw refused(`it is broken (${(error as Error).message})`, error)
  }
}

async function kindOf(path: string): Promise<Kind> {
  const file = await open(path)
  try {
    const { buffer: head } = await file.read(Buffer.alloc(512), 0, 512, 0)
    if (head.readUInt16BE(0) === 0x1f8b) return 'gzip'
    const start = head.toString('latin1', 0, 4)
    if (start.startsWith('BZh')) return 'bzip2'
    if (start === 'PK\x03\x04' || start === 'PK\x05\x06') return 'zip'
    if (head.toString('latin1', 257, 262) === 'ustar') return 'tar'
    throw refused('it is none of .tar, .tar.gz, .tar.bz2, .zip')
  } finally {
    await file.close()
  }
}

/** Writes files below a folder, within the limits of an archive. */
interface Writer {
  write(path: string, bytes: Readable): Promise<void>
  /** Checks the name of something that is not written. */
  pass(path: string): void
}

function createWriter(to: string, { mostBytes, mostFiles }: ArchiveLimits): Writer {
  let left = mostBytes
  let entries = 0
  const names = new Set<string>()
  const count = (): void => {
    if (++entries > mostFiles) throw refused(`it holds more than ${mostFiles} files`)
  }
  return {
    pass: (path) => {
      count()
      plainPath(path)
    },
    write: async (path, bytes) => {
      count()
      const name = plainPath(path)
      if (name === '' || names.has(name)) throw refused(`${JSON.stringify(path)} stands twice in it`)
      names.add(name)
      const target = join(to, name)
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      // `wx`: nothing that is there is written over, or through.
      await pipeline(bytes, bounded, createWriteStream(target, { flags: 'wx', mode: 0o600 }))
    },
  }

  /** Counts what really comes, whatever the archive says of it. */
  async function* bounded(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      left -= chunk.length
      if (left < 0) throw refused(`it unpacks to more than ${mostBytes} bytes`)
      yield chunk
    }
  }
}

/** The path without `./` and a directory's slash. @throws Fault where it leads out, or is no plain path */
function plainPath(path: string): string {
  const plain = path.replace(/^(\.\/)+/, '').replace(/\/$/, '')
  const parts = plain.split('/')
  // oxlint-disable-next-line no-control-regex -- which is what is looked for
  const isPlain = plain.length <= LONGEST_PATH && !/[\\:\x00-\x1F]/.test(plain) && !parts.includes('..')
  if (!isPlain || plain.startsWith('/') || (plain !== '' && parts.some((part) => part === '' || part === '.'))) {
    throw refused(`the path ${JSON.stringify(path.slice(0, 100))} leads out of it`)
  }
  return plain
}

async function unpackTar(archive: string, kind: 'tar' | 'gzip' | 'bzip2', writer: Writer): Promise<void> {
  const source = createReadStream(archive)
  const bare =
    kind === 'gzip'
      ? source.pipe(createGunzip())
      : kind === 'bzip2'
        ? source.pipe(unbzip2())
        : source.pipe(new PassThrough())
  source.on('error', (error) => bare.emit('error', error))
  const parser = new Parser({ strict: true })
  // The parser hands out the next entry when the last one was read to its end.
  let last = Promise.resolve()
  let broken: unknown
  parser.on('entry', (entry: ReadEntry) => {
    last = last
      .then(async () => {
        if (broken === undefined) await takeEntry(entry, writer)
        else entry.resume()
      })
      .catch((error: unknown) => {
        broken ??= error
        entry.resume()
        source.destroy()
        bare.emit('error', error)
      })
  })
  const over = new Promise<void>((resolve, reject) => {
    parser.once('end', resolve)
    parser.once('error', reject)
    bare.once('error', reject)
  })
  bare.on('data', (chunk: Buffer) => {
    if (broken !== undefined || parser.write(chunk)) return
    bare.pause()
    parser.once('drain', () => bare.resume())
  })
  bare.once('end', () => parser.end())
  try {
    await over
    await last
  } finally {
    source.destroy()
  }
  if (broken !== undefined) throw broken as Error
}

const FOLDERS: ReadonlySet<string> = new Set(['Directory', 'GNUDumpDir'])
const FILES: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile'])

async function takeEntry(entry: ReadEntry, writer: Writer): Promise<void> {
  if (FOLDERS.has(entry.type)) {
    writer.pass(entry.path)
    entry.resume()
    return
  }
  if (!FILES.has(entry.type)) {
    throw refused(`${JSON.stringify(entry.path.slice(0, 100))} is no plain file (${entry.type})`)
  }
  await writer.write(entry.path, Readable.from(entry as AsyncIterable<Buffer>, { objectMode: true }))
}

/** Types of a UNIX mode, as zip keeps it: plain files and folders are taken, and zips of other systems have none. */
const MODE_TYPE = 0o170000
const TAKEN_MODES = new Set([0, 0o100000, 0o040000])

async function unpackZip(archive: string, writer: Writer): Promise<void> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    // Paths are checked here, not there: one way for every kind.
    openZip(
      archive,
      { lazyEntries: true, decodeStrings: true, strictFileNames: true, autoClose: false },
      (error, file) => (file === undefined ? reject(error as Error) : resolve(file)),
    )
  })
  try {
    await new Promise<void>((resolve, reject) => {
      zip.on('error', reject).on('end', resolve)
      zip.on('entry', (entry: Entry) => {
        takeZipEntry(zip, entry, writer).then(() => zip.readEntry(), reject)
      })
      zip.readEntry()
    })
  } finally {
    zip.close()
  }
}

async function takeZipEntry(zip: ZipFile, entry: Entry, writer: Writer): Promise<void> {
  const mode = (entry.externalFileAttributes >>> 16) & MODE_TYPE
  if (!TAKEN_MODES.has(mode)) throw refused(`${JSON.stringify(entry.fileName.slice(0, 100))} is no plain file`)
  if (entry.fileName.endsWith('/')) return writer.pass(entry.fileName)
  const bytes = await new Promise<Readable>((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (stream === undefined ? reject(error as Error) : resolve(stream)))
  })
  await writer.write(entry.fileName, bytes)
}

const refused = (why: string, cause?: unknown): Fault =>
  new Fault('invalid', 'ai.archive', `The archive cannot be taken: ${why}`, { data: { why }, cause })
