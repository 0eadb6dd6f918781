import { randomUUID } from 'node:crypto'
import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Transaction } from '#kernel/db/executor.ts'
import { decideAdmission, holdsPlace } from './admission.ts'
import { faults } from './faults.ts'
import { meetingsStore } from './meetings-store.ts'
import { membersStore, NO_PLACE } from './members-store.ts'
import type { Actor, View } from './policy.ts'
import type { RoleChange } from './succession.ts'
import type { MeetingRow, MemberRow } from './tables.ts'
import type { Timings } from './timings.ts'
import { createTransitions, nothingHappened } from './transitions.ts'
import type { Outcome } from './transitions.ts'

/** Coming in and going out, each in one transaction that holds the meeting's row. */
export type Membership = ReturnType<typeof createMembership>

/** The transactions that change who is in a meeting. They check places, not passwords and not rights. */
export function createMembership(parts: { db: Database; bus: Bus<Events>; clock: Clock; timings: Timings }) {
  const { db, bus, clock, timings } = parts
  const nowDate = (): Date => new Date(clock.now())
  const after = (ms: number): Date => new Date(clock.now() + ms)
  const { seat, vacate, letIn, begin, openDoor, add } = createTransitions(parts)

  /** Runs `work` on a meeting that stays as it is until the end. */
  async function onMeeting<T>(
    meetingId: number,
    work: (tx: Transaction, meeting: MeetingRow) => Promise<T>,
  ): Promise<T> {
    return await db.transaction(async (tx) => {
      const meeting = await meetingsStore.lock(tx, meetingId)
      if (meeting === undefined) throw faults.missing()
      return await work(tx, meeting)
    })
  }

  return {
    onMeeting,

    /**
     * Takes a place, waits for one, or keeps the one there is.
     * @throws Fault those of `decideAdmission`, `meetings.missing`, `meetings.removed`, `meetings.wrong-password` when the
     * password changed since `passwordHash` was checked
     */
    async join(actor: Actor, meetingId: number, passwordHash: string | null): Promise<Outcome & { member: MemberRow }> {
      return await onMeeting(meetingId, async (tx, meeting) => {
        const known = await membersStore.find(tx, meetingId, actor.accountId)
        const now = nowDate()
        if (known?.removed && meeting.status !== 'ended' && meeting.status !== 'cancelled') throw faults.removed()
        const view: View = { meeting, member: known?.removed ? undefined : known, actor }
        const occupancy = await membersStore.occupancy(tx, meetingId, now, actor.accountId)
        const admission = decideAdmission(view, occupancy, now)
        const nothing = nothingHappened(meeting)
        if (admission.to === 'keep') {
          const kept = known as MemberRow
          const status = kept.status === 'waiting' ? 'waiting' : 'online'
          const member = await membersStore.update(tx, kept.id, { status, seat_until: after(timings.firstSocketMs) })
          return { ...nothing, member }
        }
        if (passwordHash !== meeting.password_hash) throw faults.wrongPassword()
        const member =
          known ??
          (await add(tx, meeting, actor.accountId, { invited: false, role: 'participant', by: actor.accountId }))
        if (admission.to === 'wait') {
          const waiting = await membersStore.update(tx, member.id, {
            status: 'waiting',
            waiting_for: admission.for,
            peer_id: randomUUID(),
            entered_at: now,
            seat_until: after(timings.firstSocketMs),
          })
          return { ...nothing, member: waiting }
        }
        const begun = admission.starts ? await begin(tx, meeting) : meeting
        const [seated, roleChanges] = await seat(tx, begun, { ...member, peer_id: null })
        const door = admission.starts ? await openDoor(tx, begun) : { admitted: [], stillWaiting: [] }
        return { meeting: begun, member: seated, roleChanges, started: admission.starts, ...door }
      })
    },

    /**
     * Gives a place up. Undefined when there was none. With `lapsed`, only when the place's time is really over: a
     * socket may have come back meanwhile.
     */
    async leave(
      meetingId: number,
      accountId: number,
      options: { lapsed?: boolean } = {},
    ): Promise<(Outcome & { left: MemberRow }) | undefined> {
      return await onMeeting(meetingId, async (tx, meeting) => {
        const now = nowDate()
        const member = await membersStore.find(tx, meetingId, accountId)
        if (member === undefined || member.peer_id === null) return undefined
        if (options.lapsed === true && holdsPlace(member, now)) return undefined
        return await vacate(tx, meeting, member, {})
      })
    },

    /** Lets in those of `accountIds` who wait, or all who do. @throws Fault `meetings.full` when nobody fits, `meetings.ended` */
    async admit(meetingId: number, accountIds: readonly number[] | 'all'): Promise<Outcome> {
      return await onMeeting(meetingId, async (tx, meeting) => {
        if (meeting.status === 'ended' || meeting.status === 'cancelled') throw faults.ended()
        const waiters = (await membersStore.waiting(tx, meetingId)).filter(
          (one) => accountIds === 'all' || accountIds.includes(one.account_id),
        )
        if (waiters.length === 0 && accountIds !== 'all') throw faults.memberMissing()
        const begun = meeting.status === 'scheduled' ? await begin(tx, meeting) : meeting
        const door = await letIn(tx, begun, waiters)
        if (door.admitted.length === 0 && waiters.length > 0) throw faults.full()
        return { meeting: begun, roleChanges: [], started: begun !== meeting, ...door }
      })
    },

    /** Sends somebody who waits away. */
    async deny(meetingId: number, accountId: number): Promise<MemberRow> {
      return await onMeeting(meetingId, async (tx) => {
        const member = await membersStore.find(tx, meetingId, accountId)
        if (member?.status !== 'waiting') throw faults.memberMissing()
        await membersStore.update(tx, member.id, { ...NO_PLACE, barred_until: after(timings.denialMs) })
        return member
      })
    },

    /** Takes somebody out, for good (`barred`) or because they want to belong no more. */
    async remove(
      meetingId: number,
      accountId: number,
      options: { barred: boolean },
    ): Promise<Outcome & { left: MemberRow }> {
      return await onMeeting(meetingId, async (tx, meeting) => {
        const member = await membersStore.find(tx, meetingId, accountId)
        if (member === undefined || member.removed) throw faults.memberMissing()
        const outcome = await vacate(tx, meeting, member, {
          removed: options.barred,
          invited: false,
          standing_role: 'participant',
        })
        if (!options.barred) await tx.query('DELETE FROM meeting_participants WHERE id = $1', [member.id])
        tx.afterCommit(() => bus.publish('meetings.participant.removed', { meetingId, accountId }))
        return outcome
      })
    },

    /** Names somebody as belonging to the meeting; who was taken out may come back, who belongs already stays as they are but for the role. */
    async invite(meetingId: number, accountId: number, role: MemberRow['role'], by: number): Promise<MemberRow> {
      return await onMeeting(meetingId, async (tx, meeting) => {
        const known = await membersStore.find(tx, meetingId, accountId)
        if (known === undefined) return await add(tx, meeting, accountId, { invited: true, role, by })
        const fresh = known.removed
        const member = await membersStore.update(tx, known.id, {
          invited: true,
          removed: false,
          barred_until: null,
          ...(fresh && { role, standing_role: role }),
        })
        if (fresh || !known.invited) {
          tx.afterCommit(() => bus.publish('meetings.participant.added', { meetingId, accountId, invited: true, by }))
        }
        return member
      })
    },

    /** Gives a role for good. There is one host: giving `host` makes the one before a moderator. */
    async setRole(
      meetingId: number,
      accountId: number,
      role: MemberRow['role'],
    ): Promise<Outcome & { member: MemberRow }> {
      return await onMeeting(meetingId, async (tx, meeting) => {
        const member = await membersStore.find(tx, meetingId, accountId)
        if (member === undefined || member.removed) throw faults.memberMissing()
        const roleChanges: RoleChange[] = [{ accountId, role }]
        if (role === 'host') {
          const before = await tx.query<{ account_id: number; role: string }>(
            `UPDATE meeting_participants SET
               role = CASE WHEN standing_role = 'host' OR role <> 'host' THEN 'moderator' ELSE standing_role END,
               standing_role = CASE WHEN standing_role = 'host' THEN 'moderator' ELSE standing_role END
             WHERE meeting_id = $1 AND account_id <> $2 AND (role = 'host' OR standing_role = 'host')
             RETURNING account_id, role`,
            [meetingId, accountId],
          )
          roleChanges.push(...before.map((one) => ({ accountId: one.account_id, role: one.role as MemberRow['role'] })))
        } else if (member.role === 'host' || member.standing_role === 'host') {
          throw faults.forbidden('There has to be a host: give that role to somebody else first')
        }
        const changed = await membersStore.update(tx, member.id, { role, standing_role: role })
        return { ...nothingHappened(meeting), member: changed, roleChanges }
      })
    },

    /** Puts the meeting under way; no change when it is. @throws Fault `meetings.ended` */
    async start(meetingId: number): Promise<Outcome> {
      return await onMeeting(meetingId, async (tx, meeting) => {
        if (meeting.status === 'ended' || meeting.status === 'cancelled') throw faults.ended()
        const nothing = nothingHappened(meeting)
        if (meeting.status === 'ongoing') return nothing
        const begun = await begin(tx, meeting)
        return { ...nothing, meeting: begun, started: true, ...(await openDoor(tx, begun)) }
      })
    },

    /** Ends it for everybody; no change when it is over. */
    async end(meetingId: number): Promise<MeetingRow> {
      return await onMeeting(meetingId, async (tx, meeting) => {
        if (meeting.status === 'ended' || meeting.status === 'cancelled') return meeting
        const now = nowDate()
        await membersStore.clearPlaces(tx, meetingId, now)
        tx.afterCommit(() => bus.publish('meetings.meeting.ended', { meetingId }))
        return await meetingsStore.update(tx, meetingId, { status: 'ended', ended_at: now, updated_at: now })
      })
    },
  }
}
