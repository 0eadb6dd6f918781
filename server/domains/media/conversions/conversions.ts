import { join } from 'node:path'
import { stat } from 'node:fs/promises'
import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import type { Job } from '#kernel/jobs/job.ts'
import type { Jobs } from '#kernel/jobs/jobs.ts'
import { withEnding } from '../file-name.ts'
import { fileStore } from '../file-store.ts'
import type { Library } from '../library.ts'
import type { MediaFile } from '../media-file.ts'
import type { Ffmpeg, Storage } from '../ports.ts'
import { plan } from './plans.ts'
import type { ConversionInput, Plan } from './request.ts'

/** What a finished job answers. */
interface ConversionOutput {
  readonly fileIds: readonly string[]
}

export type ConversionJob = Job<ConversionInput, ConversionOutput>

export interface ConversionParts {
  readonly db: Database
  readonly jobs: Jobs
  readonly storage: Storage
  readonly library: Library
  readonly ffmpeg: Ffmpeg
  /** At once, in this process. */
  readonly concurrency: number
  readonly timeoutMs: number
}

const KIND = 'media.convert'
/** One account does not fill the queue for all others. */
const MOST_WAITING = 50

export type Conversions = ReturnType<typeof createConversions>

/** Converting files of the library, as durable jobs. A job that was done half by a killed process is done again. */
export function createConversions(parts: ConversionParts) {
  const { db, jobs, storage, library, ffmpeg } = parts

  const job = jobs.define<ConversionInput, ConversionOutput>(
    KIND,
    { concurrency: parts.concurrency, timeoutMs: parts.timeoutMs, retries: 2 },
    async ({ jobId, accountId, input, signal, progress }) => {
      if (accountId === null) throw new Error('a conversion of nobody')
      const sources = await sourcesOf(accountId, input)
      const { encoders } = await ffmpeg.features()
      const plans = input.makings.map((making) => plan(making, sources, encoders))
      const fileIds: string[] = []
      for (const [output, one] of plans.entries()) {
        const onProgress = (percent: number): void => progress((output * 100 + percent) / plans.length)
        const file = await make(one, { jobId, accountId, sources, output, signal, onProgress })
        fileIds.push(file.id)
      }
      return { fileIds }
    },
  )

  async function make(
    one: Plan,
    at: {
      jobId: number
      accountId: number
      sources: readonly MediaFile[]
      output: number
      signal: AbortSignal
      onProgress: (percent: number) => void
    },
  ): Promise<MediaFile> {
    const known = (await fileStore.ofJob(db, at.jobId)).find((file) => file.jobOutput === at.output)
    if (known !== undefined) return known
    const [source] = at.sources as [MediaFile, ...MediaFile[]]
    const scratch = await storage.scratch()
    try {
      const path = join(scratch.folder, `output.${one.extension}`)
      const { bytes, quota } = await library.usage(at.accountId)
      await ffmpeg.run({
        inputs: at.sources.map((file) => ({
          path: storage.pathOf(file.storageKey),
          ...(one.inputOptions && { options: one.inputOptions }),
        })),
        options: one.options,
        output: path,
        mostBytes: Math.max(1, Math.min(library.largest, quota - bytes)),
        duration: one.duration,
        signal: at.signal,
        onProgress: at.onProgress,
      })
      at.signal.throwIfAborted()
      return await library.keepMade({
        path,
        size: (await stat(path)).size,
        accountId: at.accountId,
        meetingId: source.meetingId,
        name: withEnding(source.name, one.extension, one.suffix),
        sourceId: source.id,
        job: { id: at.jobId, output: at.output },
      })
    } finally {
      await scratch.remove()
    }
  }

  async function sourcesOf(accountId: number, input: ConversionInput): Promise<MediaFile[]> {
    return await Promise.all(input.fileIds.map((id) => library.see(accountId, id)))
  }

  async function find(accountId: number, id: number): Promise<ConversionJob> {
    const found = await jobs.get(id)
    if (found === undefined || found.kind !== KIND || found.accountId !== accountId) {
      throw new Fault('missing', 'media.job-missing', 'There is no such job')
    }
    return found as ConversionJob
  }

  async function submit(accountId: number, input: ConversionInput): Promise<ConversionJob> {
    const { encoders } = await ffmpeg.features()
    const sources = await sourcesOf(accountId, input)
    for (const making of input.makings) plan(making, sources, encoders)
    const waiting = await jobs.list({ accountId, kind: KIND, states: ['queued', 'processing'], limit: MOST_WAITING })
    if (waiting.length >= MOST_WAITING) {
      throw new Fault('busy', 'media.too-many-jobs', `At most ${MOST_WAITING} jobs of one account wait at once`, {
        data: { retryAfterSeconds: 60 },
      })
    }
    return await find(accountId, await job.enqueue(input, { accountId }))
  }

  return {
    /**
     * Adds a job, once it is sure that it can be done.
     * @throws Fault `media.missing`, `media.ffmpeg-missing`, `media.too-many-jobs`, and those of `plan`
     */
    submit,

    /** @throws Fault `media.job-missing` */
    find,

    /** An account's jobs, newest first. */
    list: async (accountId: number, limit: number): Promise<ConversionJob[]> =>
      (await jobs.list({ accountId, kind: KIND, limit })) as ConversionJob[],

    /** What the files of jobs are called. */
    namesOf: (all: readonly { input: { fileIds: readonly string[] } }[]): Promise<ReadonlyMap<string, string>> =>
      fileStore.names(
        db,
        all.flatMap((one) => one.input.fileIds),
      ),

    /** Ends a job that is not over. @throws Fault `media.job-missing`, `media.job-over` */
    async cancel(accountId: number, id: number): Promise<ConversionJob> {
      await find(accountId, id)
      if (!(await jobs.cancel(id))) throw new Fault('conflict', 'media.job-over', 'The job is over')
      return await find(accountId, id)
    },

    /** The same once more, as a new job. @throws Fault `media.job-missing`, `media.job-running`, and those of `submit` */
    async retry(accountId: number, id: number): Promise<ConversionJob> {
      const { state, input } = await find(accountId, id)
      if (state !== 'failed' && state !== 'cancelled') {
        throw new Fault('conflict', 'media.job-running', 'Only a job that failed or was cancelled is tried again')
      }
      return await submit(accountId, input)
    },
  }
}
