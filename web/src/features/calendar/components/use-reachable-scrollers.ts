import { type RefObject, useEffect } from 'react'

const FOCUSABLE = '[tabindex="0"], a[href], button'

/**
 * What scrolls inside can be reached by keys, also where nothing stands in it: by a cell then, as a table holds nothing
 * else. Looked at again after each change of `deps`, and when something gets its size.
 */
export function useReachableScrollers(frame: RefObject<HTMLElement | null>, deps: readonly unknown[]): void {
  useEffect(() => {
    const reached = new Set<HTMLElement>()
    const scrollers = [...(frame.current?.querySelectorAll<HTMLElement>('div') ?? [])].filter((element) =>
      ['auto', 'scroll'].includes(getComputedStyle(element).overflowY),
    )
    const look = (): void => {
      for (const element of scrollers) {
        if (element.scrollHeight <= element.clientHeight || element.querySelector(FOCUSABLE)) continue
        const place = element.querySelector<HTMLElement>('[role=cell], [role=gridcell]') ?? element
        place.tabIndex = 0
        reached.add(place)
      }
    }
    look()
    const sizes = new ResizeObserver(look)
    for (const element of scrollers) {
      sizes.observe(element)
      for (const inside of element.children) sizes.observe(inside)
    }
    return () => {
      sizes.disconnect()
      for (const place of reached) place.removeAttribute('tabindex')
    }
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the caller knows what changes what is inside
  }, deps)
}
