import { readdirSync, readFileSync } from 'node:fs'

/** The processes of this machine whose command line or working directory names `text`, ours excepted. */
export function processesNaming(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && names(pid, text))
}

function names(pid: number, text: string): boolean {
  try {
    return (
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text) ||
      readFileSync(`/proc/${pid}/environ`, 'utf8').includes(text)
    )
  } catch {
    // It ended while we looked, or is another user's: then it is none that we started.
    return false
  }
}
