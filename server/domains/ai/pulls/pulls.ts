import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { PullProgress } from '#contracts/schemas/ai.ts'
import type { Clock } from '#kernel/clock.ts'
import { Fault } from '#kernel/fault.ts'
import type { FileLock } from '#kernel/file-lock.ts'
import type { Log } from '#kernel/log.ts'
import type { Validator } from '#kernel/outbound-download.ts'
import { faults } from '../faults.ts'
import { isPullable } from '../known-model.ts'
import type { KnownModel } from '../known-model.ts'
import type { ModelLocks } from '../model-locks.ts'
import type { Downloader } from '../ports.ts'
import { fetchModel, totalOf } from './fetch-model.ts'
import { createPullFolders } from './pull-folder.ts'
import type { PullRecord } from './pull-folder.ts'
import { createSpeedometer } from './speed.ts'

/** How a model's download stands. */
export interface PullView {
  readonly state: PullRecord['state']
  readonly reason: string | null
  readonly progress: PullProgress
}

export interface PullsParts {
  /** The folder of models. */
  readonly root: string
  readonly locks: ModelLocks
  readonly downloader: Downloader
  readonly clock: Clock
  readonly log: Log
  readonly mostBytes: number
  /** The manifest of a model that may be fetched. @throws Fault `ai.model-missing` */
  manifestOf(id: string): Promise<KnownModel>
  /** Whether it is installed, and every file of it as its manifest says. */
  isWhole(id: string): Promise<boolean>
  /** Told of every change, and twice a second of progress. */
  onChange(id: string): void
}

/** Downloads of models. */
export interface Pulls {
  /** Goes on with what the last process left under way. */
  start(): Promise<void>
  /**
   * Begins, or joins, the download of a model; `done` resolves when it is installed. One that is whole is left as it is.
   * @throws Fault `ai.model-missing`, `ai.not-pullable`, `ai.occupied`
   */
  pull(id: string): Promise<{ done: Promise<void> }>
  /** Breaks a download of this process off; what is here stays. @throws Fault `ai.occupied` where another one does it */
  cancel(id: string): Promise<void>
  /** Undefined where there is none, under way or broken. */
  view(id: string): Promise<PullView | undefined>
  /** Every model with a download, and what is fetched. */
  list(): Promise<{ id: string; model: KnownModel }[]>
  /** Removes what a download left. */
  discard(id: string): Promise<void>
  /** Ends what is under way, to be gone on with by the next process. */
  stop(): Promise<void>
}

interface Running {
  readonly abort: AbortController
  readonly done: Promise<void>
  record: PullRecord
}

const WRITE_EVERY_MS = 1_000
const TELL_EVERY_MS = 500
/** A record that is under way and was not written for so long is of a process that died. */
const STALE_MS = 5_000
const STOPPING = new Fault('unavailable', 'ai.pull-stopping', 'The process ends')
const CANCELLED = new Fault('conflict', 'ai.pull-cancelled', 'The download was cancelled')

/** Downloads into `.pulls` of a folder of models, renamed into place when they are whole. */
export function createPulls(parts: PullsParts): Pulls {
  const { root, locks, clock, log } = parts
  const folders = createPullFolders(root)
  const running = new Map<string, Running>()

  async function begin(id: string): Promise<Running> {
    const known = await parts.manifestOf(id)
    if (!isPullable(known)) throw faults.notPullable(id)
    const already = running.get(id)
    if (already !== undefined) return already
    const held = locks.take(id)
    const abort = new AbortController()
    // Registered before anything is waited for, so that whoever comes meanwhile joins.
    const { promise: done, resolve, reject } = Promise.withResolvers<void>()
    done.catch(() => {})
    const one: Running = { abort, done, record: recordOf(known, undefined, clock.now()) }
    running.set(id, one)
    parts.onChange(id)
    void work(id, known, one).then(
      () => finish(id, held, resolve),
      (error: unknown) => finish(id, held, () => reject(error as Error)),
    )
    return one
  }

  function finish(id: string, held: FileLock, settle: () => void): void {
    running.delete(id)
    held.release()
    settle()
    parts.onChange(id)
  }

  async function work(id: string, known: KnownModel, one: Running): Promise<void> {
    const before = await folders.read(id)
    // Another manifest than the one that was begun with: its parts are of no use.
    const isSame = before !== undefined && JSON.stringify(before.model.files) === JSON.stringify(known.files)
    if (before !== undefined && !isSame) await folders.remove(id)
    one.record = recordOf(known, isSame ? before : undefined, clock.now())
    if (await parts.isWhole(id)) return await folders.remove(id)
    await folders.write(id, one.record)
    const rhythm = keepWriting(id, one)
    try {
      await bring(id, one)
      log.info({ model: id }, 'a model was installed')
    } catch (error) {
      await rhythm.end()
      const reason: unknown = one.abort.signal.aborted ? one.abort.signal.reason : error
      if (reason !== STOPPING) {
        const why = (reason as Error).message
        const state = reason === CANCELLED ? 'cancelled' : 'failed'
        one.record = { ...one.record, state, reason: why, writtenAt: clock.now(), progress: still(one) }
        await folders.write(id, one.record)
        log.warn({ model: id, reason: why }, 'the download of a model was broken off')
        throw reason instanceof Fault ? reason : faults.pullBroken(id, why)
      }
      throw reason
    } finally {
      await rhythm.end()
    }
    await folders.remove(id)
  }

  async function bring(id: string, one: Running): Promise<void> {
    const { model } = one.record
    const validators: Record<string, Validator> = { ...one.record.validators }
    const speedometer = createSpeedometer(() => clock.now())
    let toldAt = 0
    const note = (progress: Partial<PullProgress>): void => {
      const total = totalOf(model, validators)
      one.record = {
        ...one.record,
        validators,
        progress: { ...one.record.progress, ...progress, total, speed: speedometer.speed() },
      }
    }
    await fetchModel({
      model,
      folder: folders.filesOf(id),
      installed: join(root, id),
      downloader: parts.downloader,
      mostBytes: parts.mostBytes,
      validators,
      signal: one.abort.signal,
      noteValidators: async () => {
        note({})
        await folders.write(id, { ...one.record, writtenAt: clock.now() })
      },
      onProgress: (bytes, file) => {
        speedometer.note(bytes)
        note({ bytes, file })
        if (clock.now() - toldAt < TELL_EVERY_MS) return
        toldAt = clock.now()
        parts.onChange(id)
      },
    })
    one.abort.signal.throwIfAborted()
    const old = join(root, '.pulls', id, 'old')
    await rm(old, { recursive: true, force: true })
    await rename(join(root, id), old).catch(unlessMissing)
    await rename(folders.filesOf(id), join(root, id))
  }

  /** Writes a running download down every second, so that other processes see it live. */
  function keepWriting(id: string, one: Running): { end(): Promise<void> } {
    let writing = Promise.resolve()
    const timer = setInterval(() => {
      writing = writing
        .then(() => folders.write(id, { ...one.record, writtenAt: clock.now() }))
        .catch((error: unknown) => log.warn({ err: error, model: id }, 'a download could not be written down'))
    }, WRITE_EVERY_MS)
    return {
      end: () => {
        clearInterval(timer)
        return writing
      },
    }
  }

  const pulls: Pulls = {
    start: async () => {
      for (const id of await folders.list()) {
        const record = await folders.read(id)
        if (record?.state !== 'downloading') continue
        log.info({ model: id }, 'going on with a download')
        await begin(id).catch((error: unknown) =>
          log.warn({ err: error, model: id }, 'a download cannot be gone on with'),
        )
      }
    },

    pull: async (id) => {
      const { done } = running.get(id) ?? (await begin(id))
      return { done }
    },

    cancel: async (id) => {
      const one = running.get(id)
      if (one === undefined) {
        const view = await pulls.view(id)
        if (view?.state === 'downloading') throw faults.occupied(id)
        return
      }
      one.abort.abort(CANCELLED)
      await one.done.catch(() => {})
    },

    view: async (id) => {
      const one = running.get(id)
      if (one !== undefined) return viewOf(one.record)
      const record = await folders.read(id)
      if (record === undefined) return undefined
      const isAlive = record.state === 'downloading' && clock.now() - record.writtenAt < STALE_MS
      if (record.state !== 'downloading' || isAlive) return viewOf(record)
      return {
        ...viewOf(record),
        state: 'failed',
        reason: 'the process that fetched it ended',
        progress: still({ record }),
      }
    },

    list: async () => {
      const found = new Map<string, KnownModel>()
      for (const [id, { record }] of running) found.set(id, record.model)
      for (const id of await folders.list()) {
        const record = found.has(id) ? undefined : await folders.read(id)
        if (record !== undefined) found.set(id, record.model)
      }
      return [...found].map(([id, model]) => ({ id, model }))
    },

    discard: (id) => folders.remove(id),

    stop: async () => {
      const all = [...running.values()]
      for (const { abort } of all) abort.abort(STOPPING)
      await Promise.allSettled(all.map(({ done }) => done))
    },
  }
  return pulls
}

function recordOf(model: KnownModel, before: PullRecord | undefined, now: number): PullRecord {
  const validators = before?.validators ?? {}
  const bytes = before?.progress.bytes ?? 0
  const progress = { bytes, total: totalOf(model, validators), speed: 0, file: null }
  return { model, state: 'downloading', reason: null, writtenAt: now, validators, progress }
}

const still = ({ record }: Pick<Running, 'record'>): PullProgress => ({ ...record.progress, speed: 0, file: null })

const viewOf = ({ state, reason, progress }: PullRecord): PullView => ({ state, reason, progress })

function unlessMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}
