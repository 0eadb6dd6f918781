import { type ReactNode, useSyncExternalStore } from 'react'
import { ErrorBoundary } from './error-boundary.tsx'

let shown: ReadonlyMap<string, () => ReactNode> = new Map()
const listeners = new Set<() => void>()

function change(to: ReadonlyMap<string, () => ReactNode>) {
  shown = to
  for (const listener of listeners) listener()
}

/** Puts a small sign of what goes on into the frame, until the answered function is called. */
export function showSign(id: string, render: () => ReactNode): () => void {
  change(new Map([...shown, [id, render]]))
  return () => change(new Map([...shown].filter(([each, one]) => each !== id || one !== render)))
}

/** The signs: in the rail, or a phone's bottom bar. */
export function FrameSigns() {
  const signs = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => shown,
  )
  return [...signs].map(([id, render]) => (
    <ErrorBoundary key={id} compact>
      {render()}
    </ErrorBoundary>
  ))
}
