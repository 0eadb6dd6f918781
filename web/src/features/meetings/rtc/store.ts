/** A value that changes and tells: what `useSyncExternalStore` reads, without knowing of React. */
export class Store<Value> {
  #value: Value
  readonly #listeners = new Set<() => void>()

  constructor(value: Value) {
    this.#value = value
  }

  /** The present value; the same object until it changes. */
  readonly get = (): Value => this.#value

  /** Replaces the value; the same value tells nobody. */
  set(value: Value): void {
    if (Object.is(value, this.#value)) return
    this.#value = value
    for (const listener of this.#listeners) listener()
  }

  /** Replaces some fields. */
  patch(fields: Partial<Value>): void {
    this.set({ ...this.#value, ...fields })
  }

  /** Calls `listener` after every change until the answered function is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
