import { useSyncExternalStore } from 'react'

/** A small choice kept in this browser and shared by its tabs. */
export interface Preference<Value extends string> {
  get: () => Value
  set: (value: Value) => void
  /** Whether somebody chose, or `get` answers the fallback. */
  chosen: () => boolean
  use: () => Value
  subscribe: (listener: () => void) => () => void
}

/** Declares one; `fallback` answers until something valid was chosen. */
export function preference<Value extends string>(
  key: string,
  valid: readonly Value[],
  fallback: () => Value,
): Preference<Value> {
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  const get = () => {
    const stored = localStorage.getItem(key) as Value | null
    return stored !== null && valid.includes(stored) ? stored : fallback()
  }
  window.addEventListener('storage', (event) => {
    if (event.key === key || event.key === null) tell()
  })
  const subscribe = (listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return {
    get,
    chosen: () => localStorage.getItem(key) !== null,
    set: (value) => {
      localStorage.setItem(key, value)
      tell()
    },
    use: () => useSyncExternalStore(subscribe, get),
    subscribe,
  }
}
