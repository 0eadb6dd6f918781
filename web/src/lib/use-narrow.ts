import { useSyncExternalStore } from 'react'

const query = matchMedia('(max-width: 47.99rem)')

/** Whether the window is as narrow as a phone now. */
export const isNarrowNow = (): boolean => query.matches

/** The same, followed. */
export function useNarrow(): boolean {
  return useSyncExternalStore((listener) => {
    query.addEventListener('change', listener)
    return () => query.removeEventListener('change', listener)
  }, isNarrowNow)
}
