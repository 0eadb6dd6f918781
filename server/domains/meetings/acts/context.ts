import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Live } from '../live/live.ts'
import { meetingsStore } from '../meetings-store.ts'
import type { Membership } from '../membership.ts'
import { membersStore } from '../members-store.ts'
import { faults } from '../faults.ts'
import { demand } from '../policy.ts'
import type { Actor, Rule, View } from '../policy.ts'
import type { Accounts, PasswordHasher } from '../ports.ts'

/** What acts on meetings are made with. */
export interface ActParts {
  readonly db: Database
  readonly bus: Bus<Events>
  readonly clock: Clock
  readonly membership: Membership
  readonly live: Live
  readonly accounts: Accounts
  readonly hasher: PasswordHasher
}

/**
 * A meeting as the actor sees it, after checking that it may do what `rule` says.
 * @throws Fault `meetings.missing`, `meetings.forbidden`
 */
export async function viewFor(db: Database, actor: Actor, meetingId: number, rule: Rule): Promise<View> {
  const view = await viewOf(db, actor, meetingId)
  demand(view, rule)
  return view
}

/**
 * A meeting with the actor's place in it, nothing checked.
 * @throws Fault `meetings.missing`
 */
export async function viewOf(db: Database, actor: Actor, meetingId: number): Promise<View> {
  const [meeting, member] = await Promise.all([
    meetingsStore.find(db, meetingId),
    membersStore.find(db, meetingId, actor.accountId),
  ])
  if (meeting === undefined) throw faults.missing()
  return { meeting, member: member?.removed === true ? undefined : member, actor }
}
