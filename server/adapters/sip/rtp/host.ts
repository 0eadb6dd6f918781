import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Log } from '#kernel/log.ts'
import { encodeG711 } from './g711.ts'
import type { MediaEvent, MediaOptions, MediaRequest, SoundStats, SoundTarget } from './protocol.ts'

/** The sound of one call, seen from the main thread. */
export interface SoundStream {
  readonly port: number
  connect(target: SoundTarget): void
  /** Samples at 8,000 a second, after the keys. */
  play(keys: string, samples: Int16Array): void
  hold(isHeld: boolean): void
  /** Resolves with the numbers of the stream; undefined when its thread is gone. */
  close(): Promise<SoundStats | undefined>
}

export interface SoundHandlers {
  readonly onKey: (key: string) => void
  readonly onPlayed: () => void
  /** The thread ended under it. */
  readonly onLost: () => void
}

/** The thread that carries sound, started when the first call needs it. */
export interface MediaHost {
  /** Rejects when no port is free or the thread does not start. */
  open(handlers: SoundHandlers): Promise<SoundStream>
  close(): Promise<void>
}

interface Entry {
  readonly handlers: SoundHandlers
  codec: SoundTarget['codec']
  opened?: { resolve: (port: number) => void; reject: (error: Error) => void }
  closed?: (stats: SoundStats | undefined) => void
}

const END_MS = 2_000

/** A host over `options`' ports. */
export function createMediaHost(options: MediaOptions & { log: Log }): MediaHost {
  const { log, ...workerData } = options
  const entries = new Map<number, Entry>()
  let worker: Worker | undefined
  let nextId = 1

  const take = (event: MediaEvent): void => {
    const entry = entries.get(event.id)
    if (entry === undefined) return
    switch (event.type) {
      case 'opened':
        return entry.opened?.resolve(event.port)
      case 'refused':
        entries.delete(event.id)
        return entry.opened?.reject(new Error(event.why))
      case 'key':
        return entry.handlers.onKey(event.key)
      case 'played':
        return entry.handlers.onPlayed()
      case 'closed':
        entries.delete(event.id)
        return entry.closed?.(event.stats)
    }
  }

  const lost = (): void => {
    worker = undefined
    const all = [...entries.values()]
    entries.clear()
    for (const entry of all) {
      entry.opened?.reject(new Error('the thread of the sound ended'))
      if (entry.closed === undefined) entry.handlers.onLost()
      else entry.closed(undefined)
    }
  }

  const running = (): Worker => {
    if (worker !== undefined) return worker
    const fresh = new Worker(new URL('worker.ts', import.meta.url), { workerData, name: 'call-sound' })
    fresh.on('message', take)
    fresh.on('error', (error) => log.error({ err: error }, 'the thread of the sound failed'))
    fresh.on('exit', () => worker === fresh && lost())
    worker = fresh
    return fresh
  }

  return {
    open: async (handlers) => {
      const id = nextId++
      const entry: Entry = { handlers, codec: 'PCMU' }
      entries.set(id, entry)
      const thread = running()
      const post = (request: MediaRequest): void => thread.postMessage(request, [])
      const port = await new Promise<number>((resolve, reject) => {
        entry.opened = { resolve, reject }
        post({ type: 'open', id })
      })
      delete entry.opened
      return {
        port,
        connect: (target) => {
          entry.codec = target.codec
          post({ type: 'connect', id, target })
        },
        play: (keys, samples) => {
          const sound = encodeG711(samples, entry.codec)
          thread.postMessage({ type: 'play', id, keys, sound } satisfies MediaRequest, [sound.buffer])
        },
        hold: (isHeld) => post({ type: 'hold', id, isHeld }),
        close: () =>
          new Promise((resolve) => {
            if (!entries.has(id)) return resolve(undefined)
            entry.closed = resolve
            post({ type: 'close', id })
          }),
      }
    },
    close: async () => {
      const thread = worker
      if (thread === undefined) return
      const gone = once(thread, 'exit')
      thread.postMessage({ type: 'end' }, [])
      const timer = setTimeout(() => void thread.terminate(), END_MS)
      await gone
      clearTimeout(timer)
    },
  }
}
