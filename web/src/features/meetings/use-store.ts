import { useSyncExternalStore } from 'react'
import type { Store } from './rtc/store.ts'

/** What `pick` takes out of the store; renders again when that changes, so it must answer the same object while it is the same. */
export function useStore<Value, Picked = Value>(
  store: Store<Value>,
  pick: (value: Value) => Picked = (value) => value as unknown as Picked,
): Picked {
  return useSyncExternalStore(store.subscribe, () => pick(store.get()))
}
