import DataLoader from 'dataloader'

/** Most keys in one statement: a bound for its parameter, far above what one turn of the loop brings. */
const MOST_KEYS = 500

/**
 * A look-up by key whose concurrent calls share a statement: what is asked for within one turn of the event loop goes to
 * `load` as one list of different keys. Nothing is remembered afterwards, so each answer is as fresh as a read of its own.
 * A failed `load` fails all who waited for it.
 *
 * @param load all rows of `keys`, in any order
 * @param keyOf which key a row belongs to
 * @returns the rows of one key, in the order in which `load` gave them
 */
export function createBatchedRead<Key, Row>(
  load: (keys: readonly Key[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => Key,
): (key: Key) => Promise<readonly Row[]> {
  const loader = new DataLoader<Key, readonly Row[]>(
    async (asked) => {
      const found = new Map<Key, Row[]>()
      for (const key of asked) if (!found.has(key)) found.set(key, [])
      for (const row of await load([...found.keys()])) found.get(keyOf(row))?.push(row)
      return asked.map((key) => found.get(key) ?? [])
    },
    // The check phase comes after all sockets that had something to read were served: their requests go together.
    { cache: false, maxBatchSize: MOST_KEYS, batchScheduleFn: (send) => void setImmediate(send) },
  )
  return (key) => loader.load(key)
}
