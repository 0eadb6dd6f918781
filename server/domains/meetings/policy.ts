import { faults } from './faults.ts'
import type { MeetingRow, MemberRow } from './tables.ts'

/** Who wants something: an account, and whether it is an admin of the installation. */
export interface Actor {
  readonly accountId: number
  readonly isAdmin: boolean
}

/** A meeting as seen by an actor: with the actor's own place in it, if any. */
export interface View {
  readonly meeting: MeetingRow
  /** The actor's row, unless it was taken out. */
  readonly member: MemberRow | undefined
  readonly actor: Actor
}

const isCreator = ({ meeting, actor }: View): boolean => meeting.creator_id === actor.accountId
const isHost = (view: View): boolean => isCreator(view) || view.member?.role === 'host'
const isModerator = (view: View): boolean => isHost(view) || view.member?.role === 'moderator'

/**
 * Who may do what. Whatever the actor may not even see is `meetings.missing`, what it may see but not do
 * `meetings.forbidden`. The creator can do in the meeting what its host can, whoever holds that role at present.
 */
export const rules = {
  /** Title, times, settings: whoever belongs to it, and admins. */
  see: (view: View): boolean => view.member !== undefined || isCreator(view) || view.actor.isAdmin,
  /** Chat, participants, sessions, signalling: who was let in once, or was named by a host. Not who only knocked. */
  beInside: (view: View): boolean =>
    isCreator(view) ||
    (view.member !== undefined && (view.member.invited || view.member.first_joined_at !== null || isModerator(view))),
  change: isHost,
  start: isModerator,
  end: (view: View): boolean => isModerator(view) || view.actor.isAdmin,
  delete: (view: View): boolean => isCreator(view) || view.actor.isAdmin,
  moderate: isModerator,
  giveRoles: isHost,
} satisfies Record<string, (view: View) => boolean>

export type Rule = keyof typeof rules

/**
 * Lets pass or throws.
 * @throws Fault `meetings.missing`, `meetings.forbidden`
 */
export function demand(view: View, rule: Rule): void {
  if (!rules.see(view)) throw faults.missing()
  if (!rules[rule](view)) throw faults.forbidden(`This needs the right to ${rule}`)
}

/** Whether `view`'s actor may take `target` out, mute or deny them: a moderator reaches participants, a host everybody but the creator. */
export function reaches(view: View, target: MemberRow): boolean {
  if (target.account_id === view.actor.accountId) return true
  if (target.account_id === view.meeting.creator_id) return false
  if (isHost(view)) return true
  return isModerator(view) && target.role === 'participant'
}

/** Whether the actor comes in past lock, lobby and closed door: the creator, hosts and moderators. */
export const entersFreely = isModerator
