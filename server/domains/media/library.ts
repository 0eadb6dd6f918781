import type { Database } from '#kernel/db/database.ts'
import type { Transaction } from '#kernel/db/executor.ts'
import { randomToken } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import { faults } from './faults.ts'
import { cleanName } from './file-name.ts'
import { fileStore } from './file-store.ts'
import type { FileFilter } from './file-store.ts'
import { streamOf } from './media-file.ts'
import type { FileKind, MediaFile, MediaInfo } from './media-file.ts'
import type { MeetingAccess, Pictures, Prober, Received, Sniffed, Sniffer, Storage, StoredFile } from './ports.ts'

/** The most bytes of each kind, and of all files of an account. */
export interface Limits {
  readonly perKind: Readonly<Record<FileKind, number>>
  readonly quota: number
}

export interface LibraryParts {
  readonly db: Database
  readonly log: Log
  readonly storage: Storage
  readonly sniffer: Sniffer
  readonly pictures: Pictures
  readonly prober: Prober
  readonly meetings: MeetingAccess
  readonly limits: Limits
  /** Has a small picture made of a file, once its row is committed. */
  readonly wantPreview: (tx: Transaction, fileId: string) => Promise<void>
}

/** An upload whose bytes are on disk and were looked at; it is finished or discarded. */
export interface Arrived {
  finish(about: { meetingId: number | null; description: string }): Promise<MediaFile>
  discard(): Promise<void>
}

/** A file that a job or a recording made, lying in a scratch folder. */
export interface Made {
  readonly path: string
  readonly size: number
  readonly accountId: number
  readonly meetingId: number | null
  readonly name: string
  readonly description?: string
  readonly sourceId: string | null
  readonly job: { readonly id: number; readonly output: number }
}

interface Measured {
  readonly kind: FileKind
  readonly width: number | null
  readonly height: number | null
  readonly info: MediaInfo | null
}

const UPLOAD_ID_CHARACTERS = 22

export type Library = ReturnType<typeof createLibrary>

/** Files people keep: their own, and those of meetings they took part in. */
export function createLibrary(parts: LibraryParts) {
  const { db, log, storage, sniffer, pictures, prober, meetings, limits } = parts
  const largest = Math.max(...Object.values(limits.perKind))

  async function demandRoom(on: Pick<Database, 'query'> | Transaction, accountId: number, size: number): Promise<void> {
    const { bytes } = await fileStore.usage(on as Database, accountId)
    if (bytes + size > limits.quota) throw faults.overQuota(limits.quota)
  }

  async function measure(path: string, sniffed: Sniffed): Promise<Measured> {
    if (sniffed.kind === 'document') return { kind: 'document', width: null, height: null, info: null }
    if (sniffed.kind === 'image') return { kind: 'image', ...(await pictures.measure(path)), info: null }
    const info = await prober.probe(path, sniffed.mime)
    const video = streamOf(info, 'video')
    // A container for pictures that holds sound alone, or the other way round.
    const kind = info === null ? sniffed.kind : video === undefined ? 'audio' : 'video'
    return { kind, width: video?.width ?? null, height: video?.height ?? null, info }
  }

  /** Keeps the bytes and writes the row; where the row cannot be, the bytes go. */
  async function keep(
    bytes: Pick<Received, 'keep'>,
    file: Omit<Parameters<typeof fileStore.insert>[1], 'id' | 'storageKey'>,
  ): Promise<MediaFile> {
    const storageKey = await bytes.keep()
    try {
      return await db.transaction(async (tx) => {
        await tx.lock('media.quota', [file.accountId])
        await demandRoom(tx, file.accountId, file.size)
        const row = await fileStore.insert(tx, { ...file, id: randomToken(UPLOAD_ID_CHARACTERS), storageKey })
        if (row.kind === 'image' || row.kind === 'video') await parts.wantPreview(tx, row.id)
        return row
      })
    } catch (error) {
      await storage.remove(storageKey)
      throw error
    }
  }

  function forget(keys: readonly string[]): void {
    for (const key of keys) {
      // What is left behind the sweep finds.
      storage.remove(key).catch((error: unknown) => log.warn({ err: error, key }, 'a file could not be removed'))
    }
  }

  async function see(accountId: number, id: string): Promise<MediaFile> {
    const file = await fileStore.find(db, id)
    if (file === undefined) throw faults.missing()
    const isTheirs =
      file.accountId === accountId || (file.meetingId !== null && (await meetings.attends(accountId, file.meetingId)))
    if (!isTheirs) throw faults.missing()
    return file
  }

  return {
    limits,
    largest,

    /**
     * Takes an upload in: streamed to disk, its type told by its content, measured.
     * @throws Fault `media.empty`, `.unsupported`, `.damaged`, `.too-large`, `.over-quota`, `.disk-full`
     */
    async receive(accountId: number, upload: { name: string; bytes: AsyncIterable<Buffer> }): Promise<Arrived> {
      const name = cleanName(upload.name)
      await demandRoom(db, accountId, 1)
      let most: { kind: string; bytes: number } = { kind: 'document', bytes: largest }
      const received = await storage.receive(upload.bytes, {
        limitFor: async (head) => {
          const kind = await sniffer.head(head, name)
          if (kind !== undefined) most = { kind, bytes: limits.perKind[kind] }
          return most.bytes
        },
        onTooLarge: () => faults.tooLarge(most.kind, most.bytes),
      })
      try {
        if (received.size === 0) throw faults.empty()
        const sniffed = await sniffer.file(received.path, name)
        const measured = await measure(received.path, sniffed)
        const limit = limits.perKind[measured.kind]
        if (received.size > limit) throw faults.tooLarge(measured.kind, limit)
        return {
          discard: () => received.discard(),
          finish: async ({ meetingId, description }) => {
            if (meetingId !== null && !(await meetings.attends(accountId, meetingId))) throw faults.meetingMissing()
            return await keep(received, {
              ...measured,
              accountId,
              meetingId,
              name,
              description,
              mime: sniffed.mime,
              size: received.size,
              duration: measured.info?.duration ?? null,
              sourceId: null,
            })
          },
        }
      } catch (error) {
        await received.discard()
        throw error
      }
    },

    /** Keeps what a job made; the same output of the same job is kept once. */
    async keepMade(made: Made): Promise<MediaFile> {
      const known = (await fileStore.ofJob(db, made.job.id)).find((one) => one.jobOutput === made.job.output)
      if (known !== undefined) return known
      const sniffed = await sniffer.file(made.path, made.name)
      const measured = await measure(made.path, sniffed)
      return await keep(
        { keep: () => storage.adopt(made.path) },
        {
          ...measured,
          ...made,
          description: made.description ?? '',
          mime: sniffed.mime,
          duration: measured.info?.duration ?? null,
        },
      )
    },

    /** The file, where the account may see it. @throws Fault `media.missing` */
    see,

    /** A file whoever holds a valid link may see. @throws Fault `media.missing` */
    async seeByLink(id: string): Promise<MediaFile> {
      const file = await fileStore.find(db, id)
      if (file === undefined) throw faults.missing()
      return file
    },

    async list(
      filter: Omit<FileFilter, 'meetingIds' | 'offset' | 'limit'> & { page: number; pageSize: number },
    ): Promise<{ files: MediaFile[]; total: number }> {
      const { page, pageSize, ...rest } = filter
      const meetingIds = await meetings.attended(filter.accountId)
      return await fileStore.list(db, { ...rest, meetingIds, offset: (page - 1) * pageSize, limit: pageSize })
    },

    async usage(accountId: number): Promise<{ files: number; bytes: number; quota: number }> {
      return { ...(await fileStore.usage(db, accountId)), quota: limits.quota }
    },

    /** Removes a file of one's own. @throws Fault `media.missing`, `media.forbidden` */
    async remove(accountId: number, id: string): Promise<void> {
      const file = await see(accountId, id)
      if (file.accountId !== accountId) throw faults.forbidden()
      forget(await fileStore.remove(db, { id }))
    },

    /** Removes all an account kept, in the transaction that deletes it. */
    async erase(tx: Transaction, accountId: number): Promise<void> {
      const keys = await fileStore.remove(tx, { accountId })
      tx.afterCommit(() => forget(keys))
    },

    /** A kept file, to read it. @throws Fault `media.missing` */
    async open(key: string): Promise<StoredFile> {
      const file = await storage.open(key)
      if (file === undefined) throw faults.missing()
      return file
    },

    /** How large a kept file is. @throws Fault `media.missing` */
    async sizeOf(key: string): Promise<number> {
      const size = await storage.sizeOf(key)
      if (size === undefined) throw faults.missing()
      return size
    },

    /** Removes files that no row knows. */
    sweep: (): Promise<number> => storage.sweep((keys) => fileStore.known(db, keys)),
  }
}
