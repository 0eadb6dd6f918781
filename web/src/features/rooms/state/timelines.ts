import { useSyncExternalStore } from 'react'
import { listMessages, postMessage } from '#contracts/rooms.ts'
import type { RoomFile, RoomMessage } from '#contracts/schemas/room.ts'
import { callApi } from '@/lib/api.ts'
import { NetworkError } from '@/lib/api-error.ts'
import { holdCursors, onLive } from '@/lib/live.ts'
import { onSessionChange } from '@/lib/session.ts'
import { type Pending, type Timeline, fits, fromPage, reaches, withChange, withNewer, withOlder } from './timeline.ts'

/** How a room's timeline stands. */
export interface View {
  readonly timeline: Timeline | undefined
  readonly error: unknown
}

interface Entry {
  view: View
  loading: { readonly around: number | undefined; readonly done: Promise<void> } | undefined
  more: Promise<void> | undefined
  readonly listeners: Set<() => void>
}

const PAGE = 60
/** Rooms whose messages are kept; the one looked at longest ago goes first. */
const MOST_KEPT = 12
const entries = new Map<number, Entry>()

function entryOf(roomId: number): Entry {
  const known = entries.get(roomId)
  const entry = known ?? {
    view: { timeline: undefined, error: undefined },
    loading: undefined,
    more: undefined,
    listeners: new Set(),
  }
  entries.delete(roomId)
  entries.set(roomId, entry)
  for (const [id, other] of entries) {
    if (entries.size <= MOST_KEPT) break
    if (other.listeners.size === 0 && id !== roomId) entries.delete(id)
  }
  return entry
}

function show(entry: Entry, view: View): void {
  entry.view = view
  for (const listener of entry.listeners) listener()
}

function change(roomId: number, step: (timeline: Timeline) => Timeline): void {
  const entry = entries.get(roomId)
  const timeline = entry?.view.timeline
  if (!entry || !timeline) return
  const next = step(timeline)
  if (next !== timeline) show(entry, { timeline: next, error: undefined })
}

/**
 * Reads a room’s latest messages, or those around a number; what was shown before is replaced. Who asks for another place
 * meanwhile gets that one.
 */
export function loadTimeline(roomId: number, around?: number): Promise<void> {
  const entry = entryOf(roomId)
  if (entry.loading && entry.loading.around === around) return entry.loading.done
  const query = { chat_room_id: roomId, limit: PAGE, ...(around !== undefined && { around_seq: around }) }
  const isWanted = (): boolean => entry.loading?.done === done
  const done: Promise<void> = callApi(listMessages, { query })
    .then(
      (page) => {
        if (isWanted()) show(entry, { timeline: fromPage(page, entry.view.timeline?.pending), error: undefined })
      },
      (error: unknown) => {
        if (isWanted()) show(entry, { ...entry.view, error })
      },
    )
    .finally(() => {
      if (isWanted()) entry.loading = undefined
    })
  entry.loading = { around, done }
  return done
}

/** Sees to it that a message is there (or the room's end): reads what is around it where it is not. */
export async function reachTimeline(roomId: number, seq: number | undefined): Promise<void> {
  const { timeline } = entryOf(roomId).view
  if (!timeline || !reaches(timeline, seq)) await loadTimeline(roomId, seq)
}

/** Reads what comes before (or after) what is shown; does nothing while it is under way, or where there is no more. */
export function loadMore(roomId: number, direction: 'older' | 'newer'): void {
  const entry = entryOf(roomId)
  const timeline = entry.view.timeline
  const edge = direction === 'older' ? timeline?.messages[0] : timeline?.messages.at(-1)
  if (!timeline || !edge || entry.more || !(direction === 'older' ? timeline.hasOlder : timeline.hasNewer)) return
  const query = { chat_room_id: roomId, limit: PAGE, [direction === 'older' ? 'before' : 'after']: edge.id }
  entry.more = callApi(listMessages, { query })
    .then(
      (page) => change(roomId, (now) => (direction === 'older' ? withOlder(now, page) : withNewer(now, page))),
      // Scrolling again tries again.
      () => undefined,
    )
    .finally(() => (entry.more = undefined))
}

/** A room's timeline, as far as it was read. */
export function useTimeline(roomId: number): View {
  return useSyncExternalStore(
    (listener) => {
      const entry = entryOf(roomId)
      entry.listeners.add(listener)
      return () => entry.listeners.delete(listener)
    },
    () => entries.get(roomId)?.view ?? NOTHING,
  )
}
const NOTHING: View = { timeline: undefined, error: undefined }

/** Posts a message: shown at once, marked when it did not get there. */
export function post(
  roomId: number,
  said: { content: string; files: readonly RoomFile[]; replyTo: RoomMessage | null },
): void {
  const pending: Pending = { key: crypto.randomUUID(), ...said, at: new Date().toISOString(), failed: false }
  if (entryOf(roomId).view.timeline?.hasNewer) void loadTimeline(roomId)
  change(roomId, (timeline) => ({ ...timeline, pending: [...timeline.pending, pending], isPrepended: false }))
  void send(roomId, pending)
}

/** Tries again what did not get there. */
export function postAgain(roomId: number, pending: Pending): void {
  mark(roomId, pending.key, false)
  void send(roomId, pending)
}

/** Gives up what did not get there. */
export function discard(roomId: number, key: string): void {
  change(roomId, (timeline) => ({ ...timeline, pending: timeline.pending.filter((one) => one.key !== key) }))
}

async function send(roomId: number, { key, content, files, replyTo }: Pending): Promise<void> {
  const body = {
    chat_room_id: roomId,
    content,
    client_key: key,
    ...(files.length > 0 && { file_ids: files.map(({ id }) => id) }),
    ...(replyTo && { reply_to: replyTo.id }),
  }
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const { message_data } = await callApi(postMessage, { body })
      return change(roomId, (timeline) => withChange(timeline, message_data))
    } catch (error) {
      // The key keeps a message whose answer was lost from being posted twice.
      if (!(error instanceof NetworkError)) break
    }
  }
  mark(roomId, key, true)
}

function mark(roomId: number, key: string, failed: boolean): void {
  change(roomId, (timeline) => ({
    ...timeline,
    pending: timeline.pending.map((one) => (one.key === key ? { ...one, failed } : one)),
  }))
}

onLive('message', ({ room_id, message }) => {
  const timeline = entries.get(room_id)?.view.timeline
  if (!timeline) return
  if (fits(timeline, message)) change(room_id, (now) => withChange(now, message))
  else void loadTimeline(room_id)
})
onLive('reset', ({ room_id }) => void (entries.get(room_id)?.view.timeline && loadTimeline(room_id)))
onLive('room.left', ({ room_id }) => entries.delete(room_id))
holdCursors(() =>
  [...entries].flatMap(([roomId, { view }]) => (view.timeline ? [[roomId, view.timeline.change] as const] : [])),
)
onSessionChange(() => entries.clear())
