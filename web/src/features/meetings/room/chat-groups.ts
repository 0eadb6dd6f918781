import type { ChatEntry } from '../rtc/chat-log.ts'

/** Lines one person wrote in one go. */
export interface LineGroup {
  key: string
  userId: number
  name: string
  avatarUrl: string | null
  /** Of the first line, ms since 1970. */
  at: number
  lines: readonly ChatEntry[]
}

const TOGETHER = 3 * 60_000

/** Gathers neighbouring lines of the same person within three minutes. */
export function groupLines(entries: readonly ChatEntry[]): LineGroup[] {
  const groups: (LineGroup & { lines: ChatEntry[] })[] = []
  for (const entry of entries) {
    const last = groups.at(-1)
    if (last && last.userId === entry.userId && entry.at - (last.lines.at(-1)?.at ?? 0) < TOGETHER) {
      last.lines.push(entry)
    } else {
      const { key, userId, name, avatarUrl, at } = entry
      groups.push({ key, userId, name, avatarUrl, at, lines: [entry] })
    }
  }
  return groups
}
