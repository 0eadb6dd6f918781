import { addParticipant, changeRole, listParticipants, removeParticipant } from '#contracts/meetings.ts'
import type { MemberRow } from '#domains/meetings/tables.ts'
import type { Participant } from '#contracts/schemas/meeting.ts'
import type { MeetingSurfaceParts } from './meetings.ts'
import { actorOf, participantView } from './meetings-views.ts'
import { meetingSpeech } from './meetings-words.ts'
import type { Mount } from './mount.ts'

/** Who belongs to a meeting, and with what role. */
export function mountMeetingPeople(mount: Mount, { meetings }: MeetingSurfaceParts): void {
  const { attendance, moderation } = meetings

  async function shown(rows: readonly MemberRow[]): Promise<Participant[]> {
    const accounts = await meetings.accountsById(rows.map((row) => row.account_id))
    const byId = new Map(accounts.map((account) => [account.id, account]))
    return rows.map((row) => participantView(row, byId.get(row.account_id)))
  }
  const one = async (row: MemberRow): Promise<Participant> => (await shown([row]))[0] as Participant

  mount(
    listParticipants,
    async ({ account, params }) => {
      const participants = await shown(await attendance.participants(actorOf(account), params.id))
      return { participants, total: participants.length }
    },
    meetingSpeech,
  )

  mount(
    addParticipant,
    async ({ account, params, body }) =>
      await one(await moderation.add(actorOf(account), params.id, body.user_id, body.role)),
    meetingSpeech,
  )

  mount(
    removeParticipant,
    async ({ account, params }) => {
      await moderation.remove(actorOf(account), params.id, params.user_id)
      return null
    },
    meetingSpeech,
  )

  mount(
    changeRole,
    async ({ account, params, body }) =>
      await one(await moderation.setRole(actorOf(account), params.id, params.user_id, body.role)),
    meetingSpeech,
  )
}
