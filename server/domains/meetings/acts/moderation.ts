import { isFault } from '#kernel/fault.ts'
import { faults } from '../faults.ts'
import { membersStore } from '../members-store.ts'
import { demand, reaches, rules } from '../policy.ts'
import type { Actor, View } from '../policy.ts'
import type { MemberRow, Role } from '../tables.ts'
import { viewFor } from './context.ts'
import type { ActParts } from './context.ts'

/** Who belongs to a meeting and with what rights; letting in and taking out. */
export function createModeration({ db, membership, live, accounts }: ActParts) {
  async function target(view: View, accountId: number): Promise<MemberRow> {
    const member = await membersStore.find(db, view.meeting.id, accountId)
    if (member === undefined || member.removed) throw faults.memberMissing()
    if (!reaches(view, member)) throw faults.forbidden('This person is out of your reach')
    return member
  }

  /** For clients of the document alone, which have no `admit` frame; where no place is free, they go on waiting. */
  async function letIn(actor: Actor, { meeting_id: meetingId, account_id: accountId }: MemberRow): Promise<MemberRow> {
    try {
      await live.follow(await membership.admit(meetingId, [accountId]), actor.accountId)
    } catch (error) {
      if (!isFault(error, 'meetings.full')) throw error
    }
    const member = await membersStore.find(db, meetingId, accountId)
    if (member === undefined) throw faults.memberMissing()
    return member
  }

  return {
    /** Names an account as belonging to the meeting; who waits in the lobby comes in. Roles above participant are the host's to give. @throws Fault `meetings.account-missing` */
    async add(actor: Actor, meetingId: number, accountId: number, role: Role = 'participant'): Promise<MemberRow> {
      const view = await viewFor(db, actor, meetingId, 'moderate')
      if (role !== 'participant') demand(view, 'giveRoles')
      if (view.meeting.status === 'ended' || view.meeting.status === 'cancelled') throw faults.ended()
      const account = await accounts.byId(accountId)
      if (account === undefined || account.status === 'deleted') throw faults.accountMissing()
      return await live.exclusively(meetingId, async () => {
        const invited = await membership.invite(
          meetingId,
          accountId,
          role === 'host' ? 'moderator' : role,
          actor.accountId,
        )
        const keepsRole = role === 'participant' || invited.standing_role === role
        const outcome = keepsRole ? undefined : await membership.setRole(meetingId, accountId, role)
        if (outcome !== undefined) await live.follow(outcome, actor.accountId)
        const member = outcome?.member ?? invited
        const knocks = member.status === 'waiting' && view.meeting.status === 'ongoing'
        return knocks ? await letIn(actor, member) : member
      })
    },

    /** Takes somebody out; oneself: belongs to it no more. The creator always belongs. @throws Fault `meetings.member-missing` */
    async remove(actor: Actor, meetingId: number, accountId: number): Promise<void> {
      const isSelf = accountId === actor.accountId
      const view = await viewFor(db, actor, meetingId, isSelf ? 'see' : 'moderate')
      if (accountId === view.meeting.creator_id) throw faults.forbidden('The creator always belongs to the meeting')
      await target(view, accountId)
      await live.exclusively(meetingId, async () => {
        const outcome = await membership.remove(meetingId, accountId, { barred: !isSelf })
        await live.left(outcome, accountId, isSelf ? 'left' : 'removed', actor.accountId)
      })
    },

    /** Gives a role. @throws Fault `meetings.member-missing`, `meetings.forbidden` */
    async setRole(actor: Actor, meetingId: number, accountId: number, role: Role): Promise<MemberRow> {
      await viewFor(db, actor, meetingId, 'giveRoles')
      return await live.exclusively(meetingId, async () => {
        const outcome = await membership.setRole(meetingId, accountId, role)
        await live.follow(outcome, actor.accountId)
        return outcome.member
      })
    },

    /** Lets one who waits in, or all. @throws Fault `meetings.full`, `meetings.member-missing` */
    async admit(actor: Actor, meetingId: number, accountIds: readonly number[] | 'all'): Promise<void> {
      await viewFor(db, actor, meetingId, 'moderate')
      await live.exclusively(meetingId, async () => {
        await live.follow(await membership.admit(meetingId, accountIds), actor.accountId)
      })
    },

    /** Sends one who waits away. @throws Fault `meetings.member-missing` */
    async deny(actor: Actor, meetingId: number, accountId: number): Promise<void> {
      const view = await viewFor(db, actor, meetingId, 'moderate')
      await target(view, accountId)
      await live.exclusively(meetingId, async () => {
        await membership.deny(meetingId, accountId)
        await live.denied(meetingId, accountId, actor.accountId)
      })
    },

    /** Whether the actor may turn something of `accountId`'s off. @throws Fault `meetings.forbidden`, `meetings.member-missing` */
    async demandReach(actor: Actor, meetingId: number, accountId: number): Promise<void> {
      const view = await viewFor(db, actor, meetingId, 'moderate')
      await target(view, accountId)
    },

    /** The actor's rights in a meeting, for acts on everybody. @throws Fault `meetings.forbidden` */
    async demandModerator(actor: Actor, meetingId: number): Promise<{ isHost: boolean }> {
      const view = await viewFor(db, actor, meetingId, 'moderate')
      return { isHost: rules.giveRoles(view) }
    },
  }
}
