import type { MemberRow, Role } from './tables.ts'

/** A role that changed hands without anybody giving it. */
export interface RoleChange {
  readonly accountId: number
  readonly role: Role
}

type Candidate = Pick<MemberRow, 'account_id' | 'role' | 'standing_role' | 'entered_at'>

const RANK: Readonly<Record<Role, number>> = { host: 0, moderator: 1, participant: 2 }

/**
 * Who changes role when `leaver` goes and `inside` stay: when the acting host goes, the moderator who came in first
 * becomes host, else the participant who did; nobody when a host is still there or nobody is. A stand-in who goes gives
 * the role back.
 */
export function afterLeaving(leaver: Candidate, inside: readonly Candidate[]): RoleChange[] {
  if (leaver.role !== 'host') return []
  const changes: RoleChange[] = []
  if (leaver.standing_role !== 'host') changes.push({ accountId: leaver.account_id, role: leaver.standing_role })
  if (inside.length === 0 || inside.some((one) => one.role === 'host')) return changes
  const heir = inside.toSorted(
    (a, b) => RANK[a.role] - RANK[b.role] || (a.entered_at?.getTime() ?? 0) - (b.entered_at?.getTime() ?? 0),
  )[0]
  if (heir !== undefined) changes.push({ accountId: heir.account_id, role: 'host' })
  return changes
}

/** Who changes role when `comer` comes in and `inside` are there: a host by standing takes the role back from stand-ins. */
export function afterEntering(comer: Candidate, inside: readonly Candidate[]): RoleChange[] {
  if (comer.standing_role !== 'host') return []
  return inside
    .filter((one) => one.role === 'host' && one.standing_role !== 'host' && one.account_id !== comer.account_id)
    .map((one) => ({ accountId: one.account_id, role: one.standing_role }))
}
