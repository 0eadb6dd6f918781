import type { Queued } from './queued.ts'

/** Rows in memory, in order per recipient: one of each recipient at a time, recipients in turn. */
export interface WaitingLine {
  add(row: Queued): void
  /** The next row that may go; its recipient is busy until `release` or `drop`. */
  take(): Queued | undefined
  /** The recipient's next row may go. */
  release(recipient: string): void
  /** Forgets what waits for the recipient and returns it. */
  drop(recipient: string): Queued[]
  /** Forgets everything that is not under way. */
  clear(): Queued[]
  readonly size: number
}

/** An empty line. */
export function createWaitingLine(): WaitingLine {
  const byRecipient = new Map<string, Queued[]>()
  const ready = new Set<string>()
  const busy = new Set<string>()
  let size = 0
  return {
    add(row) {
      const rows = byRecipient.get(row.recipient)
      if (rows === undefined) byRecipient.set(row.recipient, [row])
      else rows.push(row)
      size++
      if (!busy.has(row.recipient)) ready.add(row.recipient)
    },
    take() {
      const [recipient] = ready
      if (recipient === undefined) return undefined
      ready.delete(recipient)
      busy.add(recipient)
      const rows = byRecipient.get(recipient) as Queued[]
      const row = rows.shift()
      if (rows.length === 0) byRecipient.delete(recipient)
      size--
      return row
    },
    release(recipient) {
      busy.delete(recipient)
      if (byRecipient.has(recipient)) ready.add(recipient)
    },
    drop(recipient) {
      const rows = byRecipient.get(recipient) ?? []
      byRecipient.delete(recipient)
      ready.delete(recipient)
      busy.delete(recipient)
      size -= rows.length
      return rows
    },
    clear() {
      const rows = [...byRecipient.values()].flat()
      byRecipient.clear()
      ready.clear()
      size = 0
      return rows
    },
    get size() {
      return size
    },
  }
}
