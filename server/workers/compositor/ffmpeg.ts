import { spawn } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import type { Program } from './protocol.ts'

const STDERR_CHARS = 8_192
const END_MS = 3_000

/** A running ffmpeg. */
export interface Running {
  readonly child: ChildProcess
  /** Its last words so far. */
  said(): string
  /** Resolves when it is gone; a program that could not be started ends with a code of 127. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** Asks it to finish, and ends it if it does not. */
  finish(): void
  kill(): void
}

/** Starts ffmpeg without a shell; `stdio` behind stdin, stdout and stderr. */
export function startFfmpeg(ffmpeg: Program, args: readonly string[], stdio: StdioOptions): Running {
  const child = spawn(ffmpeg.program, [...ffmpeg.before, '-hide_banner', '-loglevel', 'error', ...args], { stdio })
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-STDERR_CHARS)))
  // A pipe whose other end is gone; the child's own end says why.
  for (const pipe of child.stdio) pipe?.on('error', () => {})
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
    child.once('error', (error) => {
      text = error.message
      resolve({ code: 127, signal: null })
    })
  })
  return {
    child,
    said: () => text,
    ended,
    finish: () => {
      child.kill('SIGINT')
      const timer = setTimeout(() => child.kill('SIGKILL'), END_MS)
      void ended.then(() => clearTimeout(timer))
    },
    kill: () => void child.kill('SIGKILL'),
  }
}
