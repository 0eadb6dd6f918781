import type { RoomFile, RoomMessage } from '#contracts/schemas/room.ts'

/** A message on its way, or one that did not get there. */
export interface Pending {
  readonly key: string
  readonly content: string
  readonly files: readonly RoomFile[]
  readonly replyTo: RoomMessage | null
  readonly at: string
  readonly failed: boolean
}

/** A stretch of a room's history without gaps, and what is on its way. Never changed: each step makes a new one. */
export interface Timeline {
  /** By number, without gaps. */
  readonly messages: readonly RoomMessage[]
  readonly hasOlder: boolean
  /** Whether there is more after the stretch: one jumped into the past. */
  readonly hasNewer: boolean
  /** Everything up to this change is in it. */
  readonly change: number
  readonly pending: readonly Pending[]
  /** Whether the last step put older ones before it: what one looks at then stays where it is. */
  readonly isPrepended: boolean
}

/** A page as the server answers it. */
export interface Page {
  readonly messages: readonly RoomMessage[]
  readonly has_older: boolean
  readonly has_newer: boolean
  readonly last_change: number
}

/** A timeline that begins with a page; what is on its way stays. */
export function fromPage(page: Page, pending: readonly Pending[] = []): Timeline {
  return withoutPosted({
    messages: page.messages,
    hasOlder: page.has_older,
    hasNewer: page.has_newer,
    change: page.last_change,
    pending,
    isPrepended: false,
  })
}

/** Whether a message's number is in the stretch, or nothing between it and the stretch is missing; without one: whether the end is. */
export function reaches(timeline: Timeline, seq: number | undefined): boolean {
  const first = timeline.messages[0]?.seq ?? 0
  const last = timeline.messages.at(-1)?.seq ?? 0
  if (seq === undefined || seq > last) return !timeline.hasNewer
  return seq >= first || !timeline.hasOlder
}

/** Puts older messages before it. */
export function withOlder(timeline: Timeline, page: Page): Timeline {
  const first = timeline.messages[0]?.seq ?? Infinity
  const older = page.messages.filter((message) => message.seq < first)
  return { ...timeline, messages: [...older, ...timeline.messages], hasOlder: page.has_older, isPrepended: true }
}

/** Puts newer messages after it. */
export function withNewer(timeline: Timeline, page: Page): Timeline {
  const last = timeline.messages.at(-1)?.seq ?? 0
  const newer = page.messages.filter((message) => message.seq > last)
  return withoutPosted({
    ...timeline,
    messages: [...timeline.messages, ...newer],
    hasNewer: page.has_newer,
    isPrepended: false,
  })
}

/** Takes a change over: a new message at the end, or an old one as it stands now. Older news of a message is ignored. */
export function withChange(timeline: Timeline, message: RoomMessage): Timeline {
  const change = Math.max(timeline.change, message.change)
  const { messages } = timeline
  const first = messages[0]?.seq ?? message.seq
  const last = messages.at(-1)?.seq ?? message.seq - 1
  const at = message.seq - first
  const known = messages[at]
  if (known?.seq === message.seq) {
    if (known.change >= message.change) return { ...timeline, change }
    return withoutPosted({ ...timeline, change, messages: messages.with(at, message) })
  }
  if (message.seq === last + 1 && !timeline.hasNewer) {
    return withoutPosted({ ...timeline, change, messages: [...messages, message], isPrepended: false })
  }
  return { ...timeline, change }
}

/** Whether a change of a message can be shown without reading the room anew. */
export function fits(timeline: Timeline, message: RoomMessage): boolean {
  const last = timeline.messages.at(-1)?.seq ?? 0
  return timeline.hasNewer || message.seq <= last + 1
}

function withoutPosted(timeline: Timeline): Timeline {
  if (timeline.pending.length === 0) return timeline
  const posted = new Set(timeline.messages.slice(-100).map((message) => message.client_key))
  const pending = timeline.pending.filter(({ key }) => !posted.has(key))
  return pending.length === timeline.pending.length ? timeline : { ...timeline, pending }
}
