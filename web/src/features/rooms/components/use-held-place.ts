import { useCallback, useRef } from 'react'
import type { VListHandle } from 'virtua'
import type { Row } from '../state/rows.ts'

/** The timeline's end, or one of its rows. */
export type Held = 'end' | { readonly key: string; readonly align: 'start' | 'center'; readonly offset?: number }

/** How far, in pixels, from what is held one is elsewhere. */
const ELSEWHERE = 48
/** How long after sizes changed a scroll may still come of them. */
const MOVING_MS = 500

let movedAt = 0

/**
 * What a timeline keeps in view while rows get their sizes, until its reader scrolls. `begin`: not known yet; undefined:
 * whatever the reader scrolled to.
 */
export function useHeldPlace() {
  const held = useRef<Held | 'begin' | undefined>('begin')
  const hold = useCallback((place: Held): void => void (held.current = place), [])
  const release = useCallback((): void => {
    if (held.current !== 'begin') held.current = undefined
  }, [])
  return { held, hold, release }
}

/** Scrolls to what is held. Done anew whenever a size changes, since a list guesses the sizes of what it never drew. */
export function scrollToHeld(view: VListHandle, rows: readonly Row[], held: Held | 'begin' | undefined): void {
  if (held === undefined || held === 'begin') return
  movedAt = performance.now()
  if (held === 'end') return view.scrollToIndex(rows.length - 1, { align: 'end' })
  const index = rows.findIndex((row) => row.key === held.key)
  if (index >= 0) view.scrollToIndex(index, { align: held.align, offset: held.offset ?? 0 })
}

/** Whether one was taken elsewhere by what is no wheel, finger or key: the browser's search, a screen reader. */
export function isElsewhere(view: VListHandle, rows: readonly Row[], held: Held | 'begin'): boolean {
  if (held === 'begin' || performance.now() - movedAt < MOVING_MS) return false
  const index = held === 'end' ? rows.length - 1 : rows.findIndex((row) => row.key === held.key)
  if (index < 0) return true
  const rest = view.getItemSize(index) - view.viewportSize
  const aligned = held === 'end' ? rest : held.align === 'center' ? rest / 2 : (held.offset ?? 0)
  const most = Math.max(0, view.scrollSize - view.viewportSize)
  const wanted = Math.min(most, Math.max(0, view.getItemOffset(index) + aligned))
  return Math.abs(view.scrollOffset - wanted) > ELSEWHERE
}
