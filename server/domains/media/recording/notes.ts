import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '#kernel/log.ts'

/** What happened while tracks were written; `at` in milliseconds since the epoch. */
export type Note =
  | { readonly at: number; readonly type: 'speaker'; readonly accountId: number }
  | { readonly at: number; readonly type: 'picture'; readonly number: number; readonly isOn: boolean }
  /** A track is not written any more: it was taken back, or the recording is over. */
  | { readonly at: number; readonly type: 'gone'; readonly number: number }

/** Notes beside the tracks: a line each, appended as it happens, so that a kill loses none. */
export interface Notes {
  add(note: Note): void
  end(): Promise<void>
}

const fileOf = (folder: string): string => join(folder, 'notes.jsonl')

/** Begins, or goes on with, the notes of a recording's folder. */
export function openNotes(folder: string, log: Log): Notes {
  const stream = createWriteStream(fileOf(folder), { flags: 'a', mode: 0o600 })
  let isBroken = false
  stream.on('error', (error) => {
    isBroken = true
    log.warn({ err: error }, 'the notes of a recording cannot be written')
  })
  return {
    add: (note) => {
      if (!isBroken) stream.write(`${JSON.stringify(note)}\n`)
    },
    end: () => new Promise((resolve) => (isBroken ? resolve() : stream.end(() => resolve()))),
  }
}

/** What was noted, as far as it was written whole. */
export async function readNotes(folder: string): Promise<Note[]> {
  const text = await readFile(fileOf(folder), 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Note]
    } catch {
      return []
    }
  })
}
