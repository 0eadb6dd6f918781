/** What gathers packets until the end of the event-loop turn. */
export interface Flushable {
  flush(): void
}

const dirty = new Set<Flushable>()
let scheduled = false

/**
 * Flushes `output` once all datagrams that are already here have been read: a video frame arrives as several packets at once, and
 * encrypting them together costs half.
 */
export function flushSoon(output: Flushable): void {
  dirty.add(output)
  if (scheduled) return
  scheduled = true
  setImmediate(flushAll)
}

function flushAll(): void {
  scheduled = false
  const outputs = [...dirty]
  dirty.clear()
  for (const output of outputs) output.flush()
}
