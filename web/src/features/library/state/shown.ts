import { useSyncExternalStore } from 'react'
import type { FilesShown } from '../api/queries.ts'

/** How the list of files is looked at; it stays while one opens a file and comes back. */
export interface Shown extends FilesShown {
  view: 'grid' | 'list'
}

const VIEW = 'confab.library.view'

let shown: Shown = {
  kind: 'all',
  scope: 'all',
  words: '',
  page: 1,
  view: localStorage.getItem(VIEW) === 'list' ? 'list' : 'grid',
}
const listeners = new Set<() => void>()

/** Changes what is shown; another choice of files begins at its first page. */
export function show(more: Partial<Shown>): void {
  const narrows = 'kind' in more || 'scope' in more || 'words' in more
  shown = { ...shown, ...(narrows && { page: 1 }), ...more }
  if (more.view) localStorage.setItem(VIEW, more.view)
  for (const listener of listeners) listener()
}

/** What is shown. */
export function useShown(): Shown {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => shown,
  )
}
