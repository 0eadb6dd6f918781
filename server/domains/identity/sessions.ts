import { Fault, isFault } from '#kernel/fault.ts'
import { endAccess } from './access.ts'
import { ACCESS_SECONDS } from './access-tokens.ts'
import { findAccount } from './account-store.ts'
import { openApiKey } from './api-keys.ts'
import { record } from './audit.ts'
import { nowOf } from './parts.ts'
import type { Parts } from './parts.ts'
import type { Visit } from './ports.ts'
import type { Authenticate, Principal } from './principal.ts'
import {
  REFRESH_MS,
  issueRefreshToken,
  retireRefreshTokens,
  rotateRefreshToken,
  sessionOfRefreshToken,
} from './refresh-tokens.ts'
import { listSessions, prolongSession } from './session-store.ts'
import type { Session } from './session-store.ts'
import type { SignedIn } from './sign-in.ts'

/** Sessions after sign-in: renewed, listed, ended. */
export interface Sessions {
  /**
   * New tokens for a refresh token. A token used twice ends its session, except within ten seconds.
   * @throws Fault `auth.refresh-invalid` (unknown), `auth.expired`
   */
  refresh(refreshToken: string, visit: Visit): Promise<SignedIn>
  /** New tokens for a caller's own session. @throws Fault as `Authenticate` */
  refreshBearer(bearer: string, visit: Visit): Promise<SignedIn>
  /** Whose a refresh token or an access token is; undefined where it is nobody's, or no longer. */
  accountOf(shown: { readonly refreshToken: string } | { readonly bearer: string }): Promise<number | undefined>
  /** Ends the session a refresh token belongs to; one that belongs to none is already what it should be. */
  signOut(refreshToken: string, visit: Visit): Promise<void>
  /** Ends the session of an access token. */
  signOutBearer(bearer: string, visit: Visit): Promise<void>
  list(caller: Principal): Promise<Session[]>
  /** @throws Fault `accounts.session-unknown` */
  revoke(caller: Principal, sessionId: string, visit: Visit): Promise<void>
  /** Ends all sessions but the caller's; returns how many. */
  revokeOthers(caller: Principal, visit: Visit): Promise<number>
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** The sessions of an installation; `refreshKey` derives each refresh token's successor. */
export function createSessions(parts: Parts & { refreshKey: Buffer; authenticate: Authenticate }): Sessions {
  const { db, bus, clock, refreshKey, authenticate } = parts

  const tokensFor = async (accountId: number, sessionId: string, refreshToken: string): Promise<SignedIn> => {
    const account = await findAccount(db, accountId, clock.now())
    if (account === undefined || account.status !== 'active') throw ended()
    return {
      account,
      sessionId,
      accessToken: parts.tokens.sign({ accountId, sessionId }),
      refreshToken,
      expiresInSeconds: ACCESS_SECONDS,
      apiKey: openApiKey(parts.secrets, account.uuid, account.apiKeySealed),
    }
  }

  const end = (accountId: number, sessionId: string, visit: Visit, reason: 'signed-out' | 'revoked') =>
    db.transaction(async (tx) => {
      const at = nowOf(parts)
      const gone = await endAccess(tx, bus, { accountId, which: { only: sessionId }, reason, at })
      if (gone.length === 0) return false
      await record(tx, at, {
        event: reason === 'revoked' ? 'session.revoked' : 'sign-out',
        accountId,
        actorId: accountId,
        visit,
        details: { sessionId },
      })
      return true
    })

  return {
    refresh: async (refreshToken, visit) => {
      const at = nowOf(parts)
      const state = await db.transaction(async (tx) => {
        const state = await rotateRefreshToken(tx, refreshKey, refreshToken, at)
        if (state.kind === 'rotated') {
          await prolongSession(tx, state.sessionId, { visit, at, expiresAt: new Date(at.getTime() + REFRESH_MS) })
        }
        if (state.kind === 'reused') {
          const { accountId, sessionId } = state
          await endAccess(tx, bus, { accountId, which: { only: sessionId }, reason: 'refresh-token-reused', at })
          await record(tx, at, {
            event: 'session.refresh-reused',
            accountId,
            actorId: null,
            visit,
            details: { sessionId },
          })
        }
        return state
      })
      if (state.kind === 'unknown') {
        throw new Fault('unauthenticated', 'auth.refresh-invalid', 'There is no such refresh token')
      }
      if (state.kind !== 'rotated') throw ended()
      return tokensFor(state.accountId, state.sessionId, state.successor)
    },

    refreshBearer: async (bearer, visit) => {
      const { accountId, sessionId } = await sessionOf(authenticate, bearer)
      const at = nowOf(parts)
      const refreshToken = await db.transaction(async (tx) => {
        await retireRefreshTokens(tx, sessionId, at)
        await prolongSession(tx, sessionId, { visit, at, expiresAt: new Date(at.getTime() + REFRESH_MS) })
        return issueRefreshToken(tx, sessionId, at)
      })
      return tokensFor(accountId, sessionId, refreshToken)
    },

    accountOf: async (shown) => {
      if ('refreshToken' in shown) return (await sessionOfRefreshToken(db, shown.refreshToken))?.accountId
      try {
        return (await authenticate({ bearer: shown.bearer })).accountId
      } catch (error) {
        if (isFault(error)) return undefined
        throw error
      }
    },

    signOut: async (refreshToken, visit) => {
      const session = await sessionOfRefreshToken(db, refreshToken)
      if (session !== undefined) await end(session.accountId, session.sessionId, visit, 'signed-out')
    },

    signOutBearer: async (bearer, visit) => {
      const { accountId, sessionId } = await sessionOf(authenticate, bearer)
      await end(accountId, sessionId, visit, 'signed-out')
    },

    list: (caller) => listSessions(db, caller.accountId, nowOf(parts)),

    revoke: async (caller, sessionId, visit) => {
      const isGone = UUID.test(sessionId) && (await end(caller.accountId, sessionId, visit, 'revoked'))
      if (!isGone) throw new Fault('missing', 'accounts.session-unknown', 'There is no such session')
    },

    revokeOthers: async (caller, visit) =>
      db.transaction(async (tx) => {
        const at = nowOf(parts)
        const { accountId, sessionId } = caller
        const gone = await endAccess(tx, bus, { accountId, which: { except: sessionId }, reason: 'revoked', at })
        if (gone.length > 0) {
          await record(tx, at, {
            event: 'session.revoked',
            accountId,
            actorId: accountId,
            visit,
            details: { sessions: gone.length },
          })
        }
        return gone.length
      }),
  }
}

async function sessionOf(
  authenticate: Authenticate,
  bearer: string,
): Promise<{ accountId: number; sessionId: string }> {
  const { accountId, sessionId } = await authenticate({ bearer })
  if (sessionId === null) throw ended()
  return { accountId, sessionId }
}

function ended(): Fault {
  return new Fault('unauthenticated', 'auth.expired', 'You were signed out; sign in again')
}
