import { useCallback, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react'
import type { VListHandle } from 'virtua'
import type { RoomState } from '#contracts/schemas/room.ts'
import { sendLive } from '@/lib/live.ts'
import type { Row } from '../state/rows.ts'
import type { Timeline } from '../state/timeline.ts'
import { loadMore, loadTimeline } from '../state/timelines.ts'

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
}

const indexOf = (rows: readonly Row[], seq: number): number =>
  rows.findIndex((row) => row.kind === 'message' && row.message.seq === seq)

/** Where a timeline stands: begins at what is new, follows the end, jumps, asks for more, and says how far one has read. */
export function useTimelineScroll({ room, rows, timeline, at }: Options) {
  const roomId = room.id
  const list = useRef<VListHandle>(null)
  const began = useRef(false)
  const read = useRef(room.read_seq)
  const [isAtEnd, setAtEnd] = useState(true)
  const [shown, setShown] = useState(at)
  const count = rows.length
  const lastKey = rows.at(-1)?.key

  /** Shows one message, read first where it is not there. */
  const show = useCallback(
    (seq: number): void => {
      void loadTimeline(roomId, seq).then(() => setShown(seq))
    },
    [roomId],
  )
  const isThere = shown !== undefined && indexOf(rows, shown) >= 0
  const fetchShown = useEffectEvent((): void => {
    if (at !== undefined && !isThere) show(at)
  })
  useEffect(() => fetchShown(), [at])

  const settle = useEffectEvent((): void => {
    const view = list.current
    if (!view || count === 0) return
    const marked = shown === undefined ? -1 : indexOf(rows, shown)
    if (marked >= 0) {
      began.current = true
      view.scrollToIndex(marked, { align: 'center' })
    } else if (!began.current && at === undefined) {
      began.current = true
      const unread = rows.findIndex((row) => row.kind === 'unread')
      if (unread >= 0) view.scrollToIndex(unread, { align: 'center' })
      else view.scrollToIndex(count - 1, { align: 'end' })
    } else if (began.current && (isAtEnd || rows.at(-1)?.kind === 'pending')) {
      // New ones come in view while one is at the end; one's own always do.
      view.scrollToIndex(count - 1, { align: 'end' })
    }
  })
  useLayoutEffect(() => settle(), [count, lastKey, shown])
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
  const onScroll = (): void => {
    const view = list.current
    if (!view) return
    const below = view.scrollSize - view.scrollOffset - view.viewportSize
    setAtEnd(below < AT_END && !timeline?.hasNewer)
    if (view.scrollOffset < NEAR) loadMore(roomId, 'older')
    if (below < NEAR) loadMore(roomId, 'newer')
    tellRead()
  }

  const toEnd = (): void => {
    if (timeline?.hasNewer) {
      began.current = false
      void loadTimeline(roomId)
    } else list.current?.scrollToIndex(count - 1, { align: 'end' })
  }
  return { list, isAtEnd, shown, onScroll, show, toEnd }
}
