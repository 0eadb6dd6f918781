import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from 'react'
import type { VListHandle } from 'virtua'
import type { Row } from '../state/rows.ts'

/** The timeline's end, or one of its rows. */
export type Held = 'end' | { readonly key: string; readonly align: 'start' | 'center'; readonly offset?: number }

/**
 * What a timeline keeps in view while rows get their sizes, until its reader scrolls. `begin`: not known yet; undefined:
 * whatever the reader scrolled to.
 */
export function useHeldPlace(list: RefObject<VListHandle | null>, rows: readonly Row[]) {
  const held = useRef<Held | 'begin' | undefined>('begin')
  const latest = useRef(rows)
  const frame = useRef(0)
  useLayoutEffect(() => {
    latest.current = rows
  }, [rows])
  useEffect(() => () => cancelAnimationFrame(frame.current), [])
  const hold = useCallback((place: Held): void => void (held.current = place), [])
  const release = useCallback((): void => {
    if (held.current !== 'begin') held.current = undefined
  }, [])
  /** Stays there though sizes changed: at once, and in the next frame, since a list is not yet as high as its rows when it tells. */
  const keep = useCallback(
    (view: VListHandle): void => {
      scrollToHeld(view, latest.current, held.current)
      cancelAnimationFrame(frame.current)
      frame.current = requestAnimationFrame(() => {
        if (list.current) scrollToHeld(list.current, latest.current, held.current)
      })
    },
    [list],
  )
  return { held, hold, release, keep }
}

/** Scrolls to what is held; by guessed sizes where rows were never drawn. */
export function scrollToHeld(view: VListHandle, rows: readonly Row[], held: Held | 'begin' | undefined): void {
  if (held === undefined || held === 'begin') return
  if (held === 'end') return view.scrollToIndex(rows.length - 1, { align: 'end' })
  const index = rows.findIndex((row) => row.key === held.key)
  if (index >= 0) view.scrollToIndex(index, { align: held.align, offset: held.offset ?? 0 })
}
