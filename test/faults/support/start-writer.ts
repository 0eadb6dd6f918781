import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A running writer. */
export interface Writer {
  readonly pid: number
  /** The rows acknowledged so far. */
  readonly acknowledged: readonly number[]
  /** Resolves with the exit code, or the signal. */
  readonly ended: Promise<number | string>
  /** What it said on standard error. */
  said(): string
  /** Resolves when at least `count` rows are acknowledged. */
  reached(count: number): Promise<void>
  /** Asks it to end in order. */
  finish(): void
}

export interface WriterOptions {
  readonly dataDir: string
  readonly first?: number
  /** Only holds the database open. */
  readonly idle?: boolean
  readonly uid?: number
}

/** Starts `writer.ts` and waits until it is ready; rejects with what it said when it ends before. */
export async function startWriter(options: WriterOptions): Promise<Writer> {
  const { ready, ...writer } = spawnWriter(options)
  await ready
  return writer
}

/** Starts `writer.ts`; `ready` rejects with what it said when it ends before it is. */
export function spawnWriter({
  dataDir,
  first = 0,
  idle = false,
  uid,
}: WriterOptions): Writer & { ready: Promise<void> } {
  const script = new URL('writer.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, dataDir, String(first), idle ? 'idle' : 'write'], {
    stdio: 'pipe',
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  child.stdin.on('error', () => {})
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said += text.toString()))
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string)
  const acknowledged: number[] = []
  const waiting = new Set<() => void>()
  let isReady = (): void => {}
  const readied = new Promise<void>((resolve) => (isReady = resolve))
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'ready') return isReady()
    acknowledged.push(Number(line))
    for (const check of waiting) check()
  })
  const early = ended.then((how) => Promise.reject(new Error(`the writer ended (${how}): ${said}`)))
  early.catch(() => {})
  return {
    ready: Promise.race([readied, early]),
    pid: child.pid ?? 0,
    acknowledged,
    ended,
    said: () => said,
    finish: () => child.stdin.end(),
    reached: (count) =>
      Promise.race([
        new Promise<void>((resolve) => {
          const check = () => {
            if (acknowledged.length < count) return
            waiting.delete(check)
            resolve()
          }
          waiting.add(check)
          check()
        }),
        early,
      ]),
  }
}
