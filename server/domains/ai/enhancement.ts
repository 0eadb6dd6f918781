import { createReadStream, createWriteStream } from 'node:fs'
import { extname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Fault } from '#kernel/fault.ts'
import type { Job } from '#kernel/jobs/job.ts'
import type { Jobs } from '#kernel/jobs/jobs.ts'
import { methodOf, passesOf } from './enhancement-filters.ts'
import type { Enhancement } from './enhancement-filters.ts'
import { faults } from './faults.ts'
import type { Converter, Files } from './ports.ts'
import type { Sounds } from './sounds.ts'

interface Input extends Enhancement {
  readonly fileId: string
}

interface Output {
  readonly fileId: string
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
  mostBytes: number
}) {
  const { jobs, sounds, files, converter } = parts

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
        const passes = passesOf(input, work.folder)
        for (const [at, { options, isLast }] of passes.entries()) {
          await converter.run({
            input: from,
            options,
            output: isLast ? to : join(work.folder, `pass-${at}`),
            mostBytes: parts.mostBytes,
            duration: file.duration,
            signal,
            onProgress: (percent) => progress((at * 100 + percent) / passes.length),
          })
        }
        const name = `${file.name.slice(0, file.name.length - extname(file.name).length)}-enhanced.mp4`
        const description = methodOf(input)
        return { fileId: await files.keep(accountId, { name, description, bytes: createReadStream(to) }) }
      } finally {
        await work.remove()
      }
    },
  )

  return {
    /** The field's own name of what is done. */
    methodOf: ({ input }: EnhancementJob): string => methodOf(input),

    /** @throws Fault `media.missing`, `ai.no-picture`, `ai.busy` */
    async submit(accountId: number, input: Input): Promise<EnhancementJob> {
      const file = await files.see(accountId, input.fileId)
      if (file.kind !== 'video') throw faults.noPicture()
      const waiting = await jobs.list({ kind: KIND, accountId, states: ['queued', 'processing'], limit: MOST_WAITING })
      if (waiting.length >= MOST_WAITING) {
        throw new Fault('busy', 'ai.busy', 'Too many of your films wait', { data: { retryAfterSeconds: 60 } })
      }
      const id = await job.enqueue(input, { accountId })
      return (await jobs.get(id)) as EnhancementJob
    },

    /** @throws Fault `ai.job-missing` */
    async find(accountId: number, id: number): Promise<EnhancementJob> {
      const found = await jobs.get(id)
      if (found === undefined || found.kind !== KIND || found.accountId !== accountId) {
        throw new Fault('missing', 'ai.job-missing', `There is no enhancement ${id}`)
      }
      return found as EnhancementJob
    },
  }
}
