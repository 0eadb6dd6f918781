import { createHash } from 'node:crypto'
import type { Authenticate, Credentials } from '#domains/identity/principal.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import { randomToken } from '#kernel/ids.ts'
import type { Secrets } from '#kernel/secrets.ts'

/** By this a ticket is told from a token. */
const PREFIX = 'tkt_'
const LIFE_MS = 60_000
const CONTEXT = 'socket-ticket'

/**
 * Tickets that stand for a credential, once and for a minute, so that what a URL carries through logs and histories is
 * worthless by the time anybody reads it.
 */
export interface Tickets {
  issue(accountId: number, credentials: Credentials): Promise<{ ticket: string; expiresAt: number }>
  /**
   * As `authenticate`, and tickets too where a token is expected.
   * @throws Fault `auth.expired` for a ticket used before, or too old
   */
  readonly authenticate: Authenticate
}

/** Tickets over the table `socket_tickets`, kept as hashes, their credentials sealed. */
export function createTickets(parts: {
  db: Database
  secrets: Secrets
  clock: Clock
  authenticate: Authenticate
}): Tickets {
  const { db, secrets, clock, authenticate } = parts

  const redeem = async (ticket: string): Promise<Credentials> => {
    const [row] = await db.query<{ credential: Buffer; expiresAt: Date }>(
      'DELETE FROM socket_tickets WHERE ticket_hash = $1 RETURNING credential, expires_at AS "expiresAt"',
      [hashOf(ticket)],
    )
    if (row === undefined || row.expiresAt.getTime() <= clock.now()) {
      throw new Fault('unauthenticated', 'auth.expired', 'This ticket was used, or is too old')
    }
    return JSON.parse(secrets.open(row.credential, CONTEXT)) as Credentials
  }

  return {
    issue: async (accountId, credentials) => {
      const ticket = PREFIX + randomToken(32)
      const now = clock.now()
      const expiresAt = now + LIFE_MS
      await db.query('DELETE FROM socket_tickets WHERE expires_at < $1', [new Date(now)])
      await db.query(
        'INSERT INTO socket_tickets (ticket_hash, account_id, credential, expires_at) VALUES ($1, $2, $3, $4)',
        [hashOf(ticket), accountId, secrets.seal(JSON.stringify(credentials), CONTEXT), new Date(expiresAt)],
      )
      return { ticket, expiresAt }
    },
    authenticate: async (credentials) =>
      authenticate(credentials.bearer?.startsWith(PREFIX) ? await redeem(credentials.bearer) : credentials),
  }
}

function hashOf(ticket: string): Buffer {
  return createHash('sha256').update(ticket).digest()
}
