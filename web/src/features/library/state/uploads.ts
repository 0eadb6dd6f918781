import { useSyncExternalStore } from 'react'
import type { mediaUsage } from '#contracts/media.ts'
import type { ResultOf } from '#contracts/route.ts'
import { queryClient } from '@/app/query.ts'
import { ApiError } from '@/lib/api-error.ts'
import { onSessionChange, currentSession } from '@/lib/session.ts'
import { libraryKey, usageKey } from '../api/queries.ts'
import { uploadFile } from '../api/upload.ts'

/** A file on its way up, or one that did not get there. */
export interface Upload {
  readonly id: number
  readonly file: File
  readonly state: 'waiting' | 'sending' | 'finishing' | 'held' | 'failed'
  /** 0 to 100. */
  readonly progress: number
  /** Seconds the server asked to wait, while it is held. */
  readonly wait?: number
  readonly error?: unknown
}

// Outside React: files go on upwards while one looks at other parts of the app.
let uploads: readonly Upload[] = []
let last = 0
let busy = false
/** Bytes of files that have arrived since something was last on its way. */
let arrived = 0
let sum: UploadSum = { running: 0, failed: 0, percent: 0 }
const aborts = new Map<number, AbortController>()
const listeners = new Set<() => void>()

function change(to: readonly Upload[]): void {
  uploads = to
  sum = summed()
  for (const listener of listeners) listener()
}

function patch(id: number, more: Partial<Upload>): void {
  change(uploads.map((one) => (one.id === id ? { ...one, ...more } : one)))
}

/** Sends files one after the other; what fails stays to be read, what arrives goes into the list. */
export function addUploads(files: Iterable<File>): void {
  const added = [...files].map((file): Upload => {
    const error = refusalOf(file)
    return { id: ++last, file, state: error ? 'failed' : 'waiting', progress: 0, ...(error && { error }) }
  })
  change([...uploads, ...added])
  void work()
}

/** What the server would say of a file only after all of it was sent. */
function refusalOf(file: File): ApiError | undefined {
  const usage = queryClient.getQueryData<ResultOf<typeof mediaUsage>>(usageKey)
  if (!usage) return undefined
  const kind = file.type.split('/', 1)[0] as keyof typeof usage.limits
  const most = usage.limits[kind] ?? Math.max(...Object.values(usage.limits))
  if (file.size > most) return new ApiError(413, 3001, '', undefined, undefined, 'media.too-large')
  const left = usage.quota - usage.used
  return file.size > left ? new ApiError(413, 3001, '', undefined, undefined, 'media.over-quota') : undefined
}

/** Ends an upload, or takes away what is said of one that failed. */
export function dropUpload(id: number): void {
  aborts.get(id)?.abort()
  change(uploads.filter((one) => one.id !== id))
}

/** Sends one that failed once more. */
export function retryUpload(id: number): void {
  patch(id, { state: 'waiting', progress: 0, error: undefined })
  void work()
}

/** All of what is on its way. */
export interface UploadSum {
  readonly running: number
  readonly failed: number
  /** 0 to 100, of all that was added since nothing was on its way. */
  readonly percent: number
}

function summed(): UploadSum {
  const under = uploads.filter((one) => one.state !== 'failed')
  if (under.length === 0) arrived = 0
  const sent = under.reduce((bytes, { file, progress }) => bytes + (file.size * progress) / 100, arrived)
  const all = under.reduce((bytes, { file }) => bytes + file.size, arrived)
  return {
    running: under.length,
    failed: uploads.length - under.length,
    percent: all === 0 ? 0 : Math.floor((sent / all) * 100),
  }
}

/** How far all of it is. */
export function useUploadSum(): UploadSum {
  return useSyncExternalStore(subscribe, () => sum)
}

/** Whether anything is on its way, or did not get there. */
export const hasUploads = (): boolean => uploads.length > 0

/** What is on its way. */
export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(subscribe, () => uploads)
}

/** Calls back at every change; the answered function ends it. */
export function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

async function work(): Promise<void> {
  if (busy) return
  busy = true
  window.addEventListener('beforeunload', hold)
  try {
    for (;;) {
      const next = uploads.find((one) => one.state === 'waiting')
      if (next === undefined) return
      await send(next)
    }
  } finally {
    busy = false
    window.removeEventListener('beforeunload', hold)
  }
}

async function send({ id, file }: Upload): Promise<void> {
  const abort = new AbortController()
  aborts.set(id, abort)
  patch(id, { state: 'sending' })
  const onProgress = (progress: number): void =>
    patch(id, { progress, state: progress < 100 ? 'sending' : 'finishing' })
  try {
    await uploadFile(file, onProgress, abort.signal)
    arrived += file.size
    change(uploads.filter((one) => one.id !== id))
    await queryClient.invalidateQueries({ queryKey: libraryKey })
  } catch (error) {
    if (abort.signal.aborted) return
    const wait = error instanceof ApiError && error.status === 429 ? (error.retryAfter ?? 60) : undefined
    if (wait === undefined) return patch(id, { state: 'failed', error })
    // So many a minute, and no more: it goes on by itself.
    patch(id, { state: 'held', progress: 0, wait })
    await pause(wait * 1000, abort.signal)
    patch(id, { state: 'waiting' })
  } finally {
    aborts.delete(id)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** The browser asks before it throws away what is half sent. */
function hold(event: BeforeUnloadEvent): void {
  event.preventDefault()
}

onSessionChange(() => {
  if (currentSession()) return
  for (const abort of aborts.values()) abort.abort()
  change([])
})
