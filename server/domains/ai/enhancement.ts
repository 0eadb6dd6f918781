import { createReadStream, createWriteStream } from 'node:fs'
import { extname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { Fault } from '#kernel/fault.ts'
import type { Job } from '#kernel/jobs/job.ts'
import type { Jobs } from '#kernel/jobs/jobs.ts'
import { LANCZOS, methodOf, passesOf } from './enhancement-filters.ts'
import type { Enhancement } from './enhancement-filters.ts'
import { faults } from './faults.ts'
import type { LocalModels } from './local-models.ts'
import type { Converter, Files, FilmFrames, LocalModel, Picture } from './ports.ts'
import type { Sounds } from './sounds.ts'

interface Input extends Enhancement {
  readonly fileId: string
  /** The model that enlarges; absent where ffmpeg does it all. */
  readonly modelId?: string
}

interface Output {
  readonly fileId: string
}

interface Asked extends Enhancement {
  readonly fileId: string
  /** A model, or `lanczos`, for super-resolution. */
  readonly model?: string | undefined
}

export type EnhancementJob = Job<Input, Output>
export type Enhancing = ReturnType<typeof createEnhancing>

const KIND = 'ai.enhance'
const TIMEOUT_MS = 4 * 60 * 60_000
const MOST_WAITING = 20

/** Betters films, as durable jobs. */
export function createEnhancing(parts: {
  jobs: Jobs
  sounds: Pick<Sounds, 'workspace'>
  files: Files
  converter: Converter
  frames: FilmFrames
  locals: LocalModels
  mostBytes: number
}) {
  const { jobs, sounds, files, converter, frames, locals } = parts

  const job = jobs.define<Input, Output>(
    KIND,
    { timeoutMs: TIMEOUT_MS, retries: 1 },
    async ({ accountId, input, signal, progress }) => {
      if (accountId === null) throw new Error('an enhancement of nobody')
      const file = await files.see(accountId, input.fileId)
      const work = await sounds.workspace()
      try {
        const from = join(work.folder, 'source')
        const to = join(work.folder, 'enhanced.mp4')
        await pipeline(await file.read(), createWriteStream(from, { mode: 0o600 }), { signal })
        const { duration } = file
        const run = { input: from, mostBytes: parts.mostBytes, duration, signal }
        if (input.modelId !== undefined) {
          const { model } = await locals.openFor('super-resolution', input.modelId)
          const change = enlargerOf(model, work.folder, signal)
          await frames.rework({ ...run, output: to, target: input.target, change, onProgress: progress })
        }
        const passes = input.modelId === undefined ? passesOf(input, work.folder) : []
        for (const [at, { options, isLast }] of passes.entries()) {
          await converter.run({
            ...run,
            options,
            output: isLast ? to : join(work.folder, `pass-${at}`),
            onProgress: (percent) => progress((at * 100 + percent) / passes.length),
          })
        }
        const name = `${file.name.slice(0, file.name.length - extname(file.name).length)}-enhanced.mp4`
        const description = methodFor(input)
        return { fileId: await files.keep(accountId, { name, description, bytes: createReadStream(to) }) }
      } finally {
        await work.remove()
      }
    },
  )

  /** Which model enlarges a film; undefined where ffmpeg does what is asked for. */
  async function modelFor({ type }: Enhancement, asked: string | undefined): Promise<string | undefined> {
    if (asked === LANCZOS && type === 'super_resolution') return undefined
    if (asked !== undefined && type !== 'super_resolution') throw faults.wrongTask(asked, type)
    if (asked !== undefined) return (await locals.openFor('super-resolution', asked)).id
    return type === 'super_resolution' ? (await locals.findFor('super-resolution'))?.id : undefined
  }

  async function lookFor(accountId: number, id: number): Promise<EnhancementJob | undefined> {
    const found = await jobs.get(id)
    return found?.kind === KIND && found.accountId === accountId ? (found as EnhancementJob) : undefined
  }

  /** @throws Fault `ai.job-missing` */
  async function find(accountId: number, id: number): Promise<EnhancementJob> {
    const found = await lookFor(accountId, id)
    if (found === undefined) throw new Fault('missing', 'ai.job-missing', `There is no enhancement ${id}`)
    return found
  }

  return {
    /** The field's own name of what is done. */
    methodOf: ({ input }: EnhancementJob): string => methodFor(input),

    /** @throws Fault `media.missing`, `ai.no-picture`, `ai.busy`, and of a model that is asked for and not there */
    async submit(accountId: number, { model, ...asked }: Asked): Promise<EnhancementJob> {
      const file = await files.see(accountId, asked.fileId)
      if (file.kind !== 'video') throw faults.noPicture()
      const modelId = await modelFor(asked, model)
      const input: Input = { ...asked, ...(modelId !== undefined && { modelId }) }
      const waiting = await jobs.list({ kind: KIND, accountId, states: ['queued', 'processing'], limit: MOST_WAITING })
      if (waiting.length >= MOST_WAITING) {
        throw new Fault('busy', 'ai.busy', 'Too many of your films wait', { data: { retryAfterSeconds: 60 } })
      }
      const id = await job.enqueue(input, { accountId })
      return (await jobs.get(id)) as EnhancementJob
    },

    /** The account's job of this number, where it is one of these. */
    lookFor,

    find,

    /** Ends a job that is not over. @throws Fault `ai.job-missing`, `ai.job-over` */
    async cancel(accountId: number, id: number): Promise<EnhancementJob> {
      await find(accountId, id)
      if (!(await jobs.cancel(id))) throw new Fault('conflict', 'ai.job-over', 'The job is over')
      return await find(accountId, id)
    },
  }
}

/** The field's own name of what is done, and by which model. */
const methodFor = (input: Input): string => (input.modelId === undefined ? methodOf(input) : `model ${input.modelId}`)

/** Has a model enlarge pictures, by files in a folder. */
function enlargerOf(model: LocalModel, folder: string, signal: AbortSignal): (picture: Picture) => Promise<Picture> {
  const input = join(folder, 'picture')
  const output = join(folder, 'large')
  return async ({ bytes, width, height }) => {
    await writeFile(input, bytes, { mode: 0o600 })
    const size = await model.enlarge({ input, output, width, height, signal })
    const large = await readFile(output)
    await rm(output)
    return { ...size, bytes: large }
  }
}
