import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'
import type { Secrets } from '#kernel/secrets.ts'
import type { AccountBus } from './access.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { GuessSlowing } from './guess-slowing.ts'
import type { Passwords } from './passwords.ts'

/** What the services of this domain are made of. */
export interface Parts {
  readonly db: Database
  readonly bus: AccountBus
  readonly secrets: Secrets
  readonly clock: Clock
  readonly log: Log
  readonly passwords: Passwords
  readonly guesses: GuessSlowing
  readonly tokens: AccessTokens
  /** The time zone of new accounts. */
  readonly timeZone: string
}

/** Now, as the database is told it. */
export function nowOf(parts: { clock: Clock }): Date {
  return new Date(parts.clock.now())
}
