import type { Conversation } from '#contracts/schemas/assistant.ts'
import { daysBetween } from '../../../lib/time.ts'

export type Group = 'pinned' | 'today' | 'yesterday' | 'week' | 'month' | 'older'
export type ListEntry = { kind: 'group'; group: Group } | { kind: 'conversation'; conversation: Conversation }

function groupOf(conversation: Conversation, now: Date, zone: string | undefined): Group {
  if (conversation.pinned) return 'pinned'
  const days = daysBetween(new Date(conversation.updatedAt), now, zone)
  if (days <= 0) return 'today'
  if (days === 1) return 'yesterday'
  return days <= 7 ? 'week' : days <= 30 ? 'month' : 'older'
}

/** The list with a heading before each group; the order is kept. */
export function groupsOf(conversations: readonly Conversation[], now: Date, zone: string | undefined): ListEntry[] {
  const entries: ListEntry[] = []
  let last: Group | undefined
  for (const conversation of conversations) {
    const group = groupOf(conversation, now, zone)
    if (group !== last) entries.push({ kind: 'group', group })
    last = group
    entries.push({ kind: 'conversation', conversation })
  }
  return entries
}
