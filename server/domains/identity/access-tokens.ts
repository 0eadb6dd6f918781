import { randomBytes } from 'node:crypto'
import { createSigner, createVerifier } from 'fast-jwt'
import type { Clock } from '#kernel/clock.ts'
import { Fault } from '#kernel/fault.ts'

/** How long an access token is good for, in seconds: 12 hours (document 3). */
export const ACCESS_SECONDS = 12 * 60 * 60

/** What an access token says. */
interface AccessClaims {
  readonly accountId: number
  readonly sessionId: string
}

/** Makes and reads access tokens: JWT, HS256 and nothing else (RFC 8725, section 3.1). */
export interface AccessTokens {
  sign(claims: AccessClaims): string
  /** @throws Fault `auth.invalid` (not one of ours), `auth.expired` */
  read(token: string): AccessClaims
}

/** Access tokens signed with `key`. */
export function createAccessTokens({ key, clock }: { key: Buffer; clock: Clock }): AccessTokens {
  const sign = createSigner({ key, algorithm: 'HS256' })
  // The time is compared here, by our own clock; nothing is cached, because a revoked token must not be found valid.
  const verify = createVerifier({ key, algorithms: ['HS256'], cache: false, ignoreExpiration: true })
  return {
    sign: ({ accountId, sessionId }) => {
      const iat = Math.floor(clock.now() / 1000)
      return sign({
        sub: String(accountId),
        sid: sessionId,
        iat,
        exp: iat + ACCESS_SECONDS,
        jti: randomBytes(12).toString('base64url'),
      })
    },
    read: (token) => {
      let claims: Record<string, unknown>
      try {
        claims = verify(token) as Record<string, unknown>
      } catch (cause) {
        throw forged(cause)
      }
      const accountId = Number(claims['sub'])
      const { sid, exp } = claims
      if (!Number.isSafeInteger(accountId) || typeof sid !== 'string' || typeof exp !== 'number') throw forged()
      if (exp * 1000 <= clock.now()) throw new Fault('unauthenticated', 'auth.expired', 'The token has expired')
      return { accountId, sessionId: sid }
    },
  }
}

function forged(cause?: unknown): Fault {
  return new Fault('unauthenticated', 'auth.invalid', 'The token is not valid', { cause })
}
