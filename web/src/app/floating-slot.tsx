import { useRouterState } from '@tanstack/react-router'
import { type ReactNode, useSyncExternalStore } from 'react'
import { ErrorBoundary } from './error-boundary.tsx'

/** Something that goes on while one looks at other parts: a meeting, a call. */
export interface Floating {
  id: string
  /** Spoken name of the small window. */
  label: string
  render: () => ReactNode
  /** Where it shows itself in full, so that the small window is not needed. */
  hiddenAt?: (path: string) => boolean
}

let shown: readonly Floating[] = []
const listeners = new Set<() => void>()

function change(to: readonly Floating[]) {
  shown = to
  for (const listener of listeners) listener()
}

/** Puts something into the slot until the answered function is called. The same id replaces what was there. */
export function showFloating(floating: Floating): () => void {
  change([...shown.filter((each) => each.id !== floating.id), floating])
  return () => change(shown.filter((each) => each !== floating))
}

/** The slot: the corner above the page, over every part. */
export function FloatingSlot() {
  const items = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => shown,
  )
  const path = useRouterState({ select: (state) => state.location.pathname })
  const visible = items.filter((each) => !each.hiddenAt?.(path))
  if (visible.length === 0) return null
  return (
    <div className="fixed bottom-[calc(3.5rem+env(safe-area-inset-bottom)+0.75rem)] right-3 z-40 flex w-72 max-w-[calc(100vw-1.5rem)] flex-col gap-3 md:bottom-4 md:right-4">
      {visible.map((each) => (
        <section
          key={each.id}
          aria-label={each.label}
          className="animate-rise-in overflow-hidden rounded-10 border border-line bg-raised shadow-2"
        >
          <ErrorBoundary compact>{each.render()}</ErrorBoundary>
        </section>
      ))}
    </div>
  )
}
