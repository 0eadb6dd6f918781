/** Runs work on one key after the other, on different keys at once. */
export interface KeyedSerial<Key> {
  run<T>(key: Key, work: () => Promise<T>): Promise<T>
}

/** A serial that forgets a key as soon as nothing is under way on it. */
export function createKeyedSerial<Key>(): KeyedSerial<Key> {
  const tails = new Map<Key, Promise<unknown>>()
  return {
    run(key, work) {
      const before = tails.get(key)
      const result = before === undefined ? work() : before.then(work, work)
      const tail = result.then(
        () => forget(),
        () => forget(),
      )
      const forget = (): void => {
        if (tails.get(key) === tail) tails.delete(key)
      }
      tails.set(key, tail)
      return result
    },
  }
}

/** Work in order, with a bound on how much may wait. */
export interface Chain {
  /** Adds work; false when too much waits already, and the work is not done. */
  add(work: () => Promise<void>): boolean
  /** Resolves when everything added so far is done. */
  idle(): Promise<void>
}

/** A chain whose failures go to `onError`. */
export function createChain(limit: number, onError: (error: unknown) => void): Chain {
  let waiting = 0
  let tail: Promise<void> = Promise.resolve()
  return {
    add(work) {
      if (waiting >= limit) return false
      waiting++
      tail = tail
        .then(work)
        .catch(onError)
        .finally(() => waiting--)
      return true
    },
    idle: () => tail,
  }
}
