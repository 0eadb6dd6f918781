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

/** When a recording was, and its film with it. */
export interface RecordedTime {
  started_at: string
  stopped_at: string | null
  film_started_at: string | null
  duration: number | null
}

/** The lines that were written while it was recorded, at their moments of the film. */
export function linesOf(messages: readonly ChatMessage[], recorded: RecordedTime): TimedLine[] {
  const from = Date.parse(recorded.started_at)
  // The document's times have no fractions: what was written within its second was written before the end.
  const until = recorded.stopped_at === null ? Infinity : Date.parse(recorded.stopped_at) + 999
  const zero = recorded.film_started_at === null ? from : Date.parse(recorded.film_started_at)
  return messages.flatMap((message) => {
    const written = Date.parse(message.timestamp)
    if (message.deleted || written < from || written > until) return []
    // What was written before the first picture, or after the last one, stands at the film's ends.
    const at = Math.min(Math.max(0, (written - zero) / 1000), recorded.duration ?? Infinity)
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
