import { entersFreely } from './policy.ts'
import type { View } from './policy.ts'
import { faults } from './faults.ts'

/** What a request to come in ends with. */
export type Admission =
  | { readonly to: 'seat'; readonly starts: boolean }
  | { readonly to: 'wait'; readonly for: 'lobby' | 'host' }
  /** They have a place, or wait for one, already. */
  | { readonly to: 'keep' }

/** What the decision needs beside the meeting and the asker's row. */
export interface Occupancy {
  /** Places taken now, kept ones included, the asker's own not. */
  readonly seated: number
  /** People before the door, the asker not. */
  readonly waiting: number
}

/** Before the door of a small meeting there is room for this many. */
const SMALLEST_QUEUE = 100

/**
 * Decides whether somebody comes in. The password was checked before. In order: over, taken out, already in, locked, not
 * started (creator, hosts and moderators start it by coming in, others wait for them), waiting room, full.
 * Those who wait for the host count as seated, so that no more wait than can come in.
 * @throws Fault `meetings.ended`, `meetings.removed`, `meetings.denied`, `meetings.locked`, `meetings.full`
 */
export function decideAdmission(view: View, occupancy: Occupancy, now: Date): Admission {
  const { meeting, member } = view
  if (meeting.status === 'ended' || meeting.status === 'cancelled') throw faults.ended()
  if (member !== undefined && holdsPlace(member, now)) return { to: 'keep' }
  const barred = (member?.barred_until?.getTime() ?? 0) - now.getTime()
  if (barred > 0) throw faults.denied(Math.ceil(barred / 1000))
  const free = entersFreely(view)
  if (meeting.locked && !free) throw faults.locked()
  if (!free && (meeting.enable_waiting_room || meeting.status === 'scheduled')) {
    const queueing = meeting.enable_waiting_room
      ? occupancy.waiting >= Math.max(SMALLEST_QUEUE, meeting.max_participants)
      : occupancy.seated + occupancy.waiting >= meeting.max_participants
    if (queueing) throw faults.full()
    return { to: 'wait', for: meeting.status === 'scheduled' ? 'host' : 'lobby' }
  }
  if (occupancy.seated >= meeting.max_participants) throw faults.full()
  return { to: 'seat', starts: meeting.status === 'scheduled' }
}

/** Whether a row stands for somebody inside, kept inside, or waiting. */
export function holdsPlace(
  member: { readonly peer_id: string | null; readonly seat_until: Date | null },
  now: Date,
): boolean {
  return member.peer_id !== null && member.seat_until !== null && member.seat_until > now
}
