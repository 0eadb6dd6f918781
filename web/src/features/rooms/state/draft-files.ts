import { useSyncExternalStore } from 'react'
import { uploadRoomFile } from '#contracts/room-files.ts'
import type { RoomFile } from '#contracts/schemas/room.ts'
import { onSessionChange } from '@/lib/session.ts'
import { uploadTo } from '@/lib/upload.ts'

/** A file that is to go with the next message: going up, there, or refused. */
export interface DraftFile {
  readonly key: string
  readonly name: string
  readonly mime: string
  /** Bytes. */
  readonly size: number
  /** 0 to 100. */
  readonly progress: number
  readonly done: RoomFile | undefined
  readonly error: unknown
}

/** Files one message may bring. */
export const MOST_FILES = 10

interface Draft {
  files: readonly DraftFile[]
  readonly stops: Map<string, AbortController>
}

const drafts = new Map<number, Draft>()
const listeners = new Set<() => void>()
const NONE: readonly DraftFile[] = []

function draftOf(roomId: number): Draft {
  const draft = drafts.get(roomId) ?? { files: NONE, stops: new Map<string, AbortController>() }
  drafts.set(roomId, draft)
  return draft
}

function show(draft: Draft, files: readonly DraftFile[]): void {
  draft.files = files
  for (const listener of listeners) listener()
}

const change = (draft: Draft, key: string, step: Partial<DraftFile>): void =>
  show(
    draft,
    draft.files.map((file) => (file.key === key ? { ...file, ...step } : file)),
  )

/** The files of a room's next message; they go up while one looks at another room. */
export function useDraftFiles(roomId: number): readonly DraftFile[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => drafts.get(roomId)?.files ?? NONE,
  )
}

/** Adds files to a room's next message and sends them up; how many more than a message takes were left out. */
export function addFiles(roomId: number, added: readonly File[]): number {
  const draft = draftOf(roomId)
  const taken = added.slice(0, MOST_FILES - draft.files.length)
  for (const file of taken) {
    const key = crypto.randomUUID()
    const { name, type: mime, size } = file
    show(draft, [...draft.files, { key, name, mime, size, progress: 0, done: undefined, error: undefined }])
    void send(roomId, draft, key, file)
  }
  return added.length - taken.length
}

async function send(roomId: number, draft: Draft, key: string, file: File): Promise<void> {
  const stop = new AbortController()
  draft.stops.set(key, stop)
  try {
    const body = await uploadTo(uploadRoomFile, { id: roomId }, file, {
      signal: stop.signal,
      onProgress: (progress) => change(draft, key, { progress }),
    })
    change(draft, key, { progress: 100, done: (body as { data: RoomFile }).data })
  } catch (error) {
    change(draft, key, { error })
  } finally {
    draft.stops.delete(key)
  }
}

/** Takes a file out of a room's next message. */
export function removeFile(roomId: number, key: string): void {
  const draft = draftOf(roomId)
  draft.stops.get(key)?.abort()
  show(
    draft,
    draft.files.filter((file) => file.key !== key),
  )
}

/** The files that are there, taken out of the draft: they go with a message now. */
export function takeFiles(roomId: number): RoomFile[] {
  const draft = draftOf(roomId)
  const files = draft.files.flatMap(({ done }) => done ?? [])
  show(draft, NONE)
  return files
}

onSessionChange(() => {
  for (const { stops } of drafts.values()) for (const stop of stops.values()) stop.abort()
  drafts.clear()
})
