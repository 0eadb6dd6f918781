import { randomUUID } from 'node:crypto'
import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Transaction } from '#kernel/db/executor.ts'
import { meetingsStore } from './meetings-store.ts'
import { membersStore, NO_PLACE } from './members-store.ts'
import { afterEntering, afterLeaving } from './succession.ts'
import type { RoleChange } from './succession.ts'
import type { MeetingRow, MemberRow } from './tables.ts'
import type { Timings } from './timings.ts'

/** What happened to a meeting's people in one transaction, for the live room to follow. */
export interface Outcome {
  readonly meeting: MeetingRow
  readonly roleChanges: readonly RoleChange[]
  /** Who was let in from before the door. */
  readonly admitted: readonly MemberRow[]
  /** Who waits for something else now. */
  readonly stillWaiting: readonly MemberRow[]
  readonly started: boolean
}

/** An outcome in which nothing happened. */
export function nothingHappened(meeting: MeetingRow): Outcome {
  return { meeting, roleChanges: [], admitted: [], stillWaiting: [], started: false }
}

/** The steps that membership's transactions are made of; the meeting's row is locked while they run. */
export function createTransitions(parts: { bus: Bus<Events>; clock: Clock; timings: Timings }) {
  const { bus, clock, timings } = parts
  const nowDate = (): Date => new Date(clock.now())
  const after = (ms: number): Date => new Date(clock.now() + ms)

  async function seat(tx: Transaction, meeting: MeetingRow, member: MemberRow): Promise<[MemberRow, RoleChange[]]> {
    const now = nowDate()
    const roleChanges =
      member.standing_role === 'host'
        ? afterEntering(member, await membersStore.foremost(tx, meeting.id, now, member.account_id))
        : []
    await applyRoles(tx, meeting.id, roleChanges)
    const seated = await membersStore.update(tx, member.id, {
      status: 'online',
      waiting_for: null,
      role: member.standing_role,
      peer_id: member.peer_id ?? randomUUID(),
      seat_until: after(timings.firstSocketMs),
      first_joined_at: member.first_joined_at ?? now,
      entered_at: now,
      barred_until: null,
      hand_raised_at: null,
      audio_enabled: !meeting.mute_on_join,
      video_enabled: meeting.meeting_type === 'video',
      screen_sharing: false,
      video_quality: 'high',
    })
    tx.afterCommit(() =>
      bus.publish('meetings.participant.entered', { meetingId: meeting.id, accountId: member.account_id }),
    )
    return [seated, roleChanges]
  }

  async function applyRoles(tx: Transaction, meetingId: number, changes: readonly RoleChange[]): Promise<void> {
    for (const { accountId, role } of changes) {
      await tx.query('UPDATE meeting_participants SET role = $3 WHERE meeting_id = $1 AND account_id = $2', [
        meetingId,
        accountId,
        role,
      ])
    }
  }

  /** Lets in as many of `waiters` as there are places; the rest wait for a moderator. */
  async function letIn(tx: Transaction, meeting: MeetingRow, waiters: readonly MemberRow[]) {
    const admitted: MemberRow[] = []
    const stillWaiting: MemberRow[] = []
    let { seated } = await membersStore.occupancy(tx, meeting.id, nowDate(), 0)
    for (const waiter of waiters) {
      if (seated < meeting.max_participants) {
        seated++
        admitted.push((await seat(tx, meeting, waiter))[0])
      } else {
        stillWaiting.push(await membersStore.update(tx, waiter.id, { waiting_for: 'lobby' }))
      }
    }
    return { admitted, stillWaiting }
  }

  /** Puts a scheduled meeting under way; those who waited for that come in, or go on waiting in the waiting room. */
  async function begin(tx: Transaction, meeting: MeetingRow) {
    const now = nowDate()
    const begun = await meetingsStore.update(tx, meeting.id, { status: 'ongoing', started_at: now, updated_at: now })
    tx.afterCommit(() => bus.publish('meetings.meeting.started', { meetingId: meeting.id }))
    return begun
  }

  async function openDoor(tx: Transaction, meeting: MeetingRow) {
    const waiters = (await membersStore.waiting(tx, meeting.id)).filter((one) => one.waiting_for === 'host')
    if (!meeting.enable_waiting_room) return await letIn(tx, meeting, waiters)
    const stillWaiting: MemberRow[] = []
    for (const one of waiters) stillWaiting.push(await membersStore.update(tx, one.id, { waiting_for: 'lobby' }))
    return { admitted: [], stillWaiting }
  }

  async function add(
    tx: Transaction,
    meeting: MeetingRow,
    accountId: number,
    how: { invited: boolean; role: MemberRow['role']; by: number },
  ): Promise<MemberRow> {
    tx.afterCommit(() =>
      bus.publish('meetings.participant.added', {
        meetingId: meeting.id,
        accountId,
        invited: how.invited,
        by: how.by,
      }),
    )
    return await membersStore.insert(tx, {
      meeting_id: meeting.id,
      account_id: accountId,
      role: how.role,
      standing_role: how.role,
      invited: how.invited,
      created_at: nowDate(),
    })
  }

  /** Empties a place, with what follows for the roles. */
  async function vacate(
    tx: Transaction,
    meeting: MeetingRow,
    member: MemberRow,
    also: Partial<Pick<MemberRow, 'removed' | 'invited' | 'standing_role'>>,
  ): Promise<Outcome & { left: MemberRow }> {
    const now = nowDate()
    const wasInside = member.peer_id !== null && member.status !== 'waiting'
    const roleChanges =
      wasInside && member.role === 'host'
        ? afterLeaving({ ...member, ...also }, await membersStore.foremost(tx, meeting.id, now, member.account_id))
        : []
    await membersStore.update(tx, member.id, {
      ...NO_PLACE,
      hand_raised_at: null,
      left_at: now,
      ...also,
      ...(also.standing_role && { role: also.standing_role }),
    })
    await applyRoles(tx, meeting.id, roleChanges)
    if (wasInside) {
      tx.afterCommit(() =>
        bus.publish('meetings.participant.left', { meetingId: meeting.id, accountId: member.account_id }),
      )
    }
    return { ...nothingHappened(meeting), left: member, roleChanges }
  }

  return { seat, vacate, letIn, begin, openDoor, add }
}
