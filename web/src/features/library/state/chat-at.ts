import type { ChatMessage } from '#contracts/schemas/meeting.ts'

/** A line of chat at its place in the film. */
export interface TimedLine {
  readonly id: number
  /** Seconds into the film. */
  readonly at: number
  readonly userId: number
  readonly name: string
  readonly avatarUrl: string | null
  readonly content: string
}

/** The lines that were written while it was recorded; `length` is the film's, null for one without end. */
export function linesOf(messages: readonly ChatMessage[], startedAt: string, length: number | null): TimedLine[] {
  const start = Date.parse(startedAt)
  return messages.flatMap((message) => {
    const at = (Date.parse(message.timestamp) - start) / 1000
    if (message.deleted || at < 0 || at > (length ?? Infinity)) return []
    return {
      id: message.message_id,
      at,
      userId: message.user_id,
      name: message.nickname || message.username,
      avatarUrl: message.avatar_url,
      content: message.content,
    }
  })
}

/** Which line the film has come to; -1 before the first. */
export function lineAt(lines: readonly TimedLine[], seconds: number): number {
  return lines.findLastIndex((line) => line.at <= seconds)
}
