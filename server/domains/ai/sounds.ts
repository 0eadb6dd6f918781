import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Fault } from '#kernel/fault.ts'
import { faults } from './faults.ts'
import type { Converter, Files, Outbound } from './ports.ts'

/** Where sound comes from. */
export type SoundSource =
  | { readonly from: 'url'; readonly url: string }
  | { readonly from: 'file'; readonly fileId: string }
  | { readonly from: 'bytes'; readonly bytes: Buffer }
  | { readonly from: 'path'; readonly path: string }

/** A folder for one piece of work. */
export interface Workspace {
  readonly folder: string
  remove(): Promise<void>
}

export interface SoundsParts {
  /** Emptied at the start. */
  readonly folder: string
  readonly files: Files
  readonly outbound: Outbound
  readonly converter: Converter
  readonly mostMinutes: number
}

export type Sounds = ReturnType<typeof createSounds>

const DECODE_MS = 10 * 60_000

/** Brings sound from wherever it is, and decodes whatever it is. */
export function createSounds({ folder, files, outbound, converter, mostMinutes }: SoundsParts) {
  return {
    async start(): Promise<void> {
      await rm(folder, { recursive: true, force: true })
      await mkdir(folder, { recursive: true, mode: 0o700 })
    },

    async workspace(): Promise<Workspace> {
      const own = join(folder, randomUUID())
      await mkdir(own, { recursive: true, mode: 0o700 })
      return { folder: own, remove: () => rm(own, { recursive: true, force: true }) }
    },

    /** Refuses a source that can never be used, before a model is looked for. @throws Fault `outbound.refused`, `media.missing` */
    async check(accountId: number, source: SoundSource): Promise<void> {
      if (source.from === 'url') await outbound.check(source.url)
      if (source.from === 'file') await files.see(accountId, source.fileId)
    },

    /**
     * The sound of a source in `to`: 16-bit mono, as WAV or without a header.
     * @throws Fault `ai.audio-unreadable`, `ai.audio-too-long`, `outbound.*`, `media.*`
     */
    async decode(
      accountId: number,
      source: SoundSource,
      to: { path: string; rate: number; format: 'wav' | 's16le'; signal: AbortSignal },
    ): Promise<void> {
      const input = source.from === 'path' ? source.path : `${to.path}.source`
      if (source.from === 'url') await outbound.fetch(source.url, createWriteStream(input, { mode: 0o600 }), to.signal)
      else if (source.from !== 'path') {
        const bytes =
          source.from === 'bytes'
            ? Readable.from([source.bytes])
            : await (await files.see(accountId, source.fileId)).read()
        await pipeline(bytes, createWriteStream(input, { mode: 0o600 }), { signal: to.signal })
      }
      const options = ['-vn', '-map', '0:a:0', '-ac', '1', '-ar', String(to.rate), '-c:a', 'pcm_s16le', '-f', to.format]
      const mostBytes = mostMinutes * 60 * to.rate * 2
      try {
        const signal = AbortSignal.any([to.signal, AbortSignal.timeout(DECODE_MS)])
        await converter.run({ input, options, output: to.path, mostBytes, signal })
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        if (error.code === 'media.output-too-large') throw faults.tooLong(mostMinutes, error)
        if (error.code === 'media.conversion-failed') {
          const why = String(error.data['why'])
          throw faults.unreadable(/matches no streams/.test(why) ? 'there is no sound in it' : why, error)
        }
        throw error
      }
    },
  }
}
