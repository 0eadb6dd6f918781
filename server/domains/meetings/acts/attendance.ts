import type { RateLimiter } from '#kernel/rate-limit.ts'
import { faults } from '../faults.ts'
import type { IceServers } from '../ice-servers.ts'
import { membersStore } from '../members-store.ts'
import { demand } from '../policy.ts'
import type { Actor } from '../policy.ts'
import type { SessionWriter } from '../session-writer.ts'
import type { MeetingRow, MemberRow } from '../tables.ts'
import type { IceServer } from '#contracts/schemas/meeting.ts'
import { viewFor, viewOf } from './context.ts'
import type { ActParts } from './context.ts'
import { entersWithoutPassword } from './planning.ts'

const MOST_GUESSES = 10
const GUESS_WINDOW_MS = 10 * 60_000

/** Starting and ending meetings, coming in and going out. */
export function createAttendance(
  parts: ActParts & {
    readonly guesses: RateLimiter
    readonly iceServers: IceServers
    readonly sessions: SessionWriter
  },
) {
  const { db, membership, live, hasher, guesses, iceServers, sessions } = parts

  async function checkPassword(actor: Actor, meetingId: number, given: string): Promise<string | null> {
    const view = await viewOf(db, actor, meetingId)
    const { meeting } = view
    const isOpen = meeting.status === 'scheduled' || meeting.status === 'ongoing'
    const hash = meeting.password_hash
    if (hash === null || !isOpen || entersWithoutPassword(view)) return hash
    // Somebody inside, or waiting, asks again how it stands; whether they still are is decided in the transaction.
    if (given === '' && view.member !== undefined && view.member.peer_id !== null) return null
    const guess = guesses.use(`meeting-password ${meetingId} ${actor.accountId}`, MOST_GUESSES, GUESS_WINDOW_MS)
    if (!guess.allowed) throw faults.tooManyGuesses(guess.resetSeconds)
    if (given === '' || !(await hasher.verify(hash, given))) throw faults.wrongPassword()
    return hash
  }

  return {
    /**
     * Takes a place in a meeting, or waits for one; asked again, says how it stands.
     * @throws Fault `meetings.missing`, `.ended`, `.full`, `.wrong-password`, `.too-many-guesses`, `.locked`, `.removed`, `.denied`
     */
    async join(
      actor: Actor,
      meetingId: number,
      password: string,
    ): Promise<{ member: MemberRow; iceServers: IceServer[] }> {
      const passwordHash = await checkPassword(actor, meetingId, password)
      const member = await live.exclusively(meetingId, async () => {
        const outcome = await membership.join(actor, meetingId, passwordHash)
        await live.follow(outcome, 0)
        return outcome.member
      })
      return { member, iceServers: iceServers(actor.accountId) }
    },

    /** Gives the actor's place up; nothing happens when there is none. @throws Fault `meetings.missing` */
    async leave(actor: Actor, meetingId: number): Promise<void> {
      await viewFor(db, actor, meetingId, 'see')
      await live.exclusively(meetingId, async () => {
        const outcome = await membership.leave(meetingId, actor.accountId)
        if (outcome !== undefined) await live.left(outcome, actor.accountId, 'left', actor.accountId)
      })
    },

    /** A kept place's time is over, unless somebody came back to it meanwhile: whether it was. */
    async lapse(meetingId: number, accountId: number): Promise<boolean> {
      return await live.exclusively(meetingId, async () => {
        const outcome = await membership.leave(meetingId, accountId, { lapsed: true })
        if (outcome === undefined) return false
        await live.left(outcome, accountId, 'timeout', 0)
        return true
      })
    },

    /** Puts a meeting under way and lets those in who waited for that. @throws Fault `meetings.missing`, `.forbidden`, `.ended` */
    async start(actor: Actor, meetingId: number): Promise<MeetingRow> {
      await viewFor(db, actor, meetingId, 'start')
      return await live.exclusively(meetingId, async () => {
        const outcome = await membership.start(meetingId)
        await live.follow(outcome, actor.accountId)
        return outcome.meeting
      })
    },

    /** Ends a meeting for everybody. @throws Fault `meetings.missing`, `.forbidden`, `.ended` when it is over already */
    async end(actor: Actor, meetingId: number): Promise<MeetingRow> {
      const view = await viewFor(db, actor, meetingId, 'end')
      if (view.meeting.status === 'ended' || view.meeting.status === 'cancelled') throw faults.ended()
      return await live.exclusively(meetingId, async () => {
        const meeting = await membership.end(meetingId)
        await live.over(meetingId, { by: actor.accountId, reason: 'ended' })
        return meeting
      })
    },

    /** Everybody who belongs to a meeting. @throws Fault `meetings.missing`, `.forbidden` for those who only knocked */
    async participants(actor: Actor, meetingId: number): Promise<MemberRow[]> {
      const view = await viewOf(db, actor, meetingId)
      if (!actor.isAdmin) demand(view, 'beInside')
      await sessions.flush()
      return await membersStore.list(db, meetingId)
    },
  }
}
