import { Fault } from '#kernel/fault.ts'
import { lastWords } from './arguments.ts'

/** Why a run failed, by how it ended and what it said. */
export function failure(code: number | null, signal: string | null, stderr: string): Fault {
  if (/No space left on device/.test(stderr)) {
    return new Fault('unavailable', 'media.disk-full', 'There is no room left on the server’s disk')
  }
  if (/Cannot allocate memory|memory allocation/i.test(stderr)) return failed('it needs more memory than is allowed')
  if (signal !== null || (code !== null && code > 128)) {
    return new Fault('unavailable', 'media.conversion-killed', `ffmpeg was ended (${signal ?? code})`)
  }
  return failed(lastWords(stderr))
}

/** It can never succeed. */
export function failed(why: string): Fault {
  return new Fault('invalid', 'media.conversion-failed', `The conversion failed: ${why}`, { data: { why } })
}

/** The output grew beyond its limit. */
export function tooLarge(most: number): Fault {
  return new Fault('too-large', 'media.output-too-large', `The result is larger than the ${most} bytes allowed`)
}
