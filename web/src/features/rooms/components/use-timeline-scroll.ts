import { useCallback, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react'
import type { VListHandle } from 'virtua'
import type { RoomState } from '#contracts/schemas/room.ts'
import { sendLive } from '@/lib/live.ts'
import type { Row } from '../state/rows.ts'
import { type Timeline, reaches } from '../state/timeline.ts'
import { loadMore, loadTimeline, reachTimeline } from '../state/timelines.ts'
import { type Held, scrollToHeld, useHeldPlace } from './use-held-place.ts'

/** How close to an edge, in pixels, the next page is asked for. */
const NEAR = 600
/** How close to the end counts as being there. */
const AT_END = 48
/** How long a message that one jumped to stays marked. */
const MARKED_MS = 2_500
/** How long one waits for the list to be drawn. */
const MOST_FRAMES = 300

interface Options {
  room: RoomState
  rows: readonly Row[]
  timeline: Timeline | undefined
  /** A message's number to begin at. */
  at: number | undefined
  /** Up to which message one had read on coming; undefined where nothing was unread. */
  readSeq: number | undefined
}

const keyOf = (rows: readonly Row[], seq: number): string | undefined =>
  rows.find((row) => row.kind === 'message' && row.message.seq === seq)?.key

/** Where a timeline stands: begins at what is new, follows the end, jumps, asks for more, and says how far one has read. */
export function useTimelineScroll({ room, rows, timeline, at, readSeq }: Options) {
  const roomId = room.id
  const list = useRef<VListHandle>(null)
  const { held, hold, release, keep } = useHeldPlace(list, rows)
  const read = useRef(room.read_seq)
  const [isAtEnd, setAtEnd] = useState(true)
  const [shown, setShown] = useState(at)
  const count = rows.length
  const lastKey = rows.at(-1)?.key

  /** Shows one message, read first where it is not there. */
  const show = useCallback((seq: number): void => void reachTimeline(roomId, seq).then(() => setShown(seq)), [roomId])

  const settle = useEffectEvent((): void => {
    if (!list.current || count === 0) return
    const marked = shown === undefined ? undefined : keyOf(rows, shown)
    if (marked !== undefined) hold({ key: marked, align: 'center' })
    else if (held.current === 'begin') {
      hold(readSeq !== undefined && rows.some((row) => row.kind === 'unread') ? UNREAD : 'end')
    }
    // New ones come in view while one is at the end; one's own always do.
    else if (rows.at(-1)?.kind === 'pending') hold('end')
    scrollToHeld(list.current, rows, held.current)
  })
  useLayoutEffect(() => settle(), [count, lastKey, shown])
  const isThere = shown !== undefined && keyOf(rows, shown) !== undefined
  useEffect(() => {
    if (!isThere) return
    const timer = setTimeout(() => setShown(undefined), MARKED_MS)
    return () => clearTimeout(timer)
  }, [shown, isThere])

  /** Says how far one has read, while the page is looked at. */
  const tellRead = (): void => {
    const view = list.current
    if (!view || document.visibilityState !== 'visible' || !document.hasFocus()) return
    const bottom = Math.min(view.findItemIndex(view.scrollOffset + view.viewportSize - 1), count - 1)
    const row = rows.slice(0, bottom + 1).findLast((one) => one.kind === 'message')
    if (row?.kind !== 'message' || row.message.seq <= read.current) return
    read.current = row.message.seq
    sendLive({ type: 'read', room_id: roomId, seq: row.message.seq })
  }
  const markRead = useEffectEvent(tellRead)
  useEffect(() => {
    // The list knows its size only once it was drawn; nothing scrolls where all of it fits.
    let tries = 0
    let frame = requestAnimationFrame(function drawn() {
      if ((list.current?.viewportSize ?? 0) > 0) markRead()
      else if (tries++ < MOST_FRAMES) frame = requestAnimationFrame(drawn)
    })
    const again = (): void => markRead()
    window.addEventListener('focus', again)
    document.addEventListener('visibilitychange', again)
    return () => {
      cancelAnimationFrame(frame)
      window.removeEventListener('focus', again)
      document.removeEventListener('visibilitychange', again)
    }
  }, [count])

  /** How much is below what one sees, in pixels. */
  const below = (view: VListHandle): number => view.scrollSize - view.scrollOffset - view.viewportSize
  const isEnd = (view: VListHandle): boolean => below(view) < AT_END && !timeline?.hasNewer
  const onScroll = (): void => {
    const view = list.current
    if (!view) return
    setAtEnd(isEnd(view))
    // Whoever scrolls to the end stays there.
    if (held.current === undefined && isEnd(view)) hold('end')
    if (held.current === undefined && view.scrollOffset < NEAR) loadMore(roomId, 'older')
    if (below(view) < NEAR) loadMore(roomId, 'newer')
    tellRead()
  }
  /** Something got its size: a picture came, a row was drawn for the first time, the window changed. */
  const onResize = (): void => {
    const view = list.current
    if (!view) return
    if (held.current === undefined && isAtEnd) hold('end')
    keep(view)
    setAtEnd(isEnd(view))
    // Where everything fits nobody can scroll to what is before.
    if (view.viewportSize > 0 && view.scrollSize <= view.viewportSize) {
      loadMore(roomId, timeline?.hasNewer ? 'newer' : 'older')
    }
  }

  /** Goes to a place that may have to be read first; it is scrolled to once its rows are there. */
  const goTo = (place: Held, seq: number | undefined): void => {
    hold(place)
    if (!timeline || !reaches(timeline, seq)) void loadTimeline(roomId, seq)
    else if (list.current) scrollToHeld(list.current, rows, place)
  }
  const toEnd = (): void => goTo('end', undefined)
  const toUnread = (): void => goTo(UNREAD, (readSeq ?? 0) + 1)
  return { list, isAtEnd, shown, onScroll, onResize, release, show, toEnd, toUnread }
}

/** The line before what is new, with something of what was before it. */
const UNREAD: Held = { key: 'unread', align: 'start', offset: -96 }
