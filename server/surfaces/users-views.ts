import type {
  AccountSession,
  AlertsAccount,
  AssistantUser,
  AuditEntry,
  FoundUser,
  GatewayUser,
  ManagedUser,
  Profile,
  User,
} from '#contracts/schemas/account.ts'
import type { Account } from '#domains/identity/account.ts'
import type { AuditRow } from '#domains/identity/audit.ts'
import type { Session } from '#domains/identity/session-store.ts'
import type { SignedIn } from '#domains/identity/sign-in.ts'
import { rfc3339 } from './time.ts'

/** What every view of an account is made of; a `Principal` has the first part of it too. */
type Shown = Pick<Account, 'email' | 'login' | 'displayName' | 'avatarUrl' | 'createdAt' | 'updatedAt'>

const timeOrNull = (time: Date | null): string | null => time && rfc3339(time)

/** Document 1's user. */
export function gatewayUser({ account, apiKey }: SignedIn): GatewayUser {
  return { id: account.uuid, email: account.email, apiKey }
}

/** Document 2's account. */
export function alertsAccount(account: Account): AlertsAccount {
  return {
    id: account.id,
    email: account.email,
    role: account.role,
    enabled: account.status === 'active',
    created_at: rfc3339(account.createdAt),
    updated_at: rfc3339(account.updatedAt),
  }
}

/** Document 3's user; its times have milliseconds. */
export function assistantUser(account: Account): AssistantUser {
  return {
    id: account.id,
    username: account.displayName,
    email: account.email,
    createdAt: account.createdAt.toISOString(),
    updatedAt: account.updatedAt.toISOString(),
  }
}

/** Document 5's user. */
export function user(account: Shown & Pick<Account, 'id' | 'status'>): User {
  return {
    user_id: account.id,
    username: account.login,
    email: account.email,
    nickname: account.displayName,
    avatar_url: account.avatarUrl ?? '',
    status: account.status,
    created_at: rfc3339(account.createdAt),
    updated_at: rfc3339(account.updatedAt),
  }
}

/** Document 5's user as its owner sees it. */
export function profile(account: Account): Profile {
  return {
    ...user(account),
    role: account.role,
    plan: account.plan,
    matrix_id: account.matrixId,
    time_zone: account.timeZone,
    locale: account.locale,
    last_login_at: timeOrNull(account.lastLoginAt),
  }
}

/** Document 5's user as an admin sees it. */
export function managedUser(account: Account): ManagedUser {
  return {
    ...user(account),
    role: account.role,
    last_login_at: timeOrNull(account.lastLoginAt),
    banned_until: timeOrNull(account.bannedUntil),
    ban_reason: account.banReason,
  }
}

/** Somebody else, as anybody may see them. */
export function foundUser(account: Account): FoundUser {
  return {
    user_id: account.id,
    username: account.login,
    nickname: account.displayName,
    avatar_url: account.avatarUrl ?? '',
  }
}

/** A sign-in, marked where it is the one asking. */
export function accountSession(session: Session, currentId: string | null): AccountSession {
  return {
    session_id: session.id,
    created_at: rfc3339(session.createdAt),
    last_seen_at: rfc3339(session.lastSeenAt),
    expires_at: rfc3339(session.expiresAt),
    address: session.address,
    user_agent: session.userAgent,
    current: session.id === currentId,
  }
}

/** A security event. */
export function auditEntry(row: AuditRow): AuditEntry {
  return {
    id: row.id,
    at: row.at.toISOString(),
    event: row.event,
    account_id: row.accountId,
    actor_id: row.actorId,
    email: row.email,
    address: row.address,
    user_agent: row.userAgent,
    details: row.details,
  }
}
