/**
 * Runs `work` on one key at a time: calls that come while it runs share one more run after it, so that a thousand
 * changes at once cost two runs, and the last run always begins after the last call. Each call resolves, or fails, with
 * the run that covers it.
 */
export function coalesced<Key>(work: (key: Key) => Promise<void>): (key: Key) => Promise<void> {
  const running = new Map<Key, { current: Promise<void>; next: Promise<void> | undefined }>()
  const start = (key: Key): Promise<void> => {
    const current = work(key)
    const entry = { current, next: undefined }
    running.set(key, entry)
    const over = (): void => {
      if (running.get(key) === entry && entry.next === undefined) running.delete(key)
    }
    current.then(over, over)
    return current
  }
  return (key) => {
    const entry = running.get(key)
    if (entry === undefined) return start(key)
    const again = (): Promise<void> => start(key)
    return (entry.next ??= entry.current.then(again, again))
  }
}
