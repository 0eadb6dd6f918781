import type { CallStatus } from '#contracts/schemas/call.ts'
import type { Executor } from '#kernel/db/executor.ts'
import { CALL_COLUMNS } from './call.ts'
import type { CallRow } from './call.ts'

const ACTIVE = `('dialing', 'ringing', 'in_progress')`

/** The account's call of that name. */
export async function findCall(db: Executor, accountId: number, callId: string): Promise<CallRow | undefined> {
  const text = `SELECT ${CALL_COLUMNS} FROM calls WHERE account_id = $1 AND call_id = $2`
  const [row] = await db.prepared<CallRow>(text, [accountId, callId])
  return row
}

/** A page of the account's calls, newest first; `before` is the id of the last one seen. */
export function listCalls(
  db: Executor,
  accountId: number,
  page: { before: number | undefined; status: CallStatus | undefined; limit: number },
): Promise<CallRow[]> {
  return db.query<CallRow>(
    `SELECT ${CALL_COLUMNS} FROM calls
     WHERE account_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::text IS NULL OR status = $3)
     ORDER BY id DESC LIMIT $4`,
    [accountId, page.before ?? null, page.status ?? null, page.limit],
  )
}

/** Adds a queued call. */
export async function insertCall(
  db: Executor,
  call: {
    accountId: number
    callId: string
    to: string
    country: string
    message: string
    keys: string | null
    reason: string | null
    dueAt: Date
    at: Date
  },
): Promise<CallRow> {
  const [row] = await db.prepared<CallRow>(
    `INSERT INTO calls (account_id, call_id, to_number, country, message, keys, reason, due_at, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING ${CALL_COLUMNS}`,
    [call.accountId, call.callId, call.to, call.country, call.message, call.keys, call.reason, call.dueAt, call.at],
  )
  return row as CallRow
}

/** How much was asked for since a moment. */
export interface Usage {
  readonly byAccount: number
  readonly toDestination: number
  readonly inAll: number
}

/** Calls created after `since`, whatever became of them. */
export async function usageSince(db: Executor, of: { accountId: number; to: string }, since: Date): Promise<Usage> {
  const [row] = await db.prepared<Usage>(
    `SELECT (SELECT count(*) FROM calls WHERE account_id = $1 AND created_at > $3) AS "byAccount",
            (SELECT count(*) FROM calls WHERE to_number = $2 AND created_at > $3) AS "toDestination",
            (SELECT count(*) FROM calls WHERE created_at > $3) AS "inAll"`,
    [of.accountId, of.to, since],
  )
  return row as Usage
}

/** Calls under way now, over all accounts. */
export async function countActive(db: Executor): Promise<number> {
  const [row] = await db.query<{ n: number }>(`SELECT count(*) AS n FROM calls WHERE status IN ${ACTIVE}`)
  return row?.n ?? 0
}

/**
 * Takes queued calls whose time has come for a worker, one of each account before a second of any. The caller holds the
 * lock `calls.claim`, so that the limits hold over all processes.
 */
export function claimCalls(
  db: Executor,
  claim: {
    worker: string
    now: Date
    leaseUntil: Date
    free: number
    activePerAccount: number
    activePerDestination: number
    carrier: string | null
  },
): Promise<CallRow[]> {
  return db.query<CallRow>(
    `WITH active AS MATERIALIZED (SELECT account_id, to_number FROM calls WHERE status IN ${ACTIVE}),
     waiting AS (
       SELECT c.id, c.due_at,
         row_number() OVER (PARTITION BY c.account_id ORDER BY c.due_at, c.id)
           + (SELECT count(*) FROM active a WHERE a.account_id = c.account_id) AS of_account,
         row_number() OVER (PARTITION BY c.to_number ORDER BY c.due_at, c.id)
           + (SELECT count(*) FROM active a WHERE a.to_number = c.to_number) AS to_destination
       FROM calls c WHERE c.status = 'queued' AND c.due_at <= $2)
     UPDATE calls SET status = 'dialing', reason = NULL, sip_code = NULL, worker = $1, lease_until = $3, dialing_at = $2,
       ringing_at = NULL, updated_at = $2, attempts = attempts + 1, carrier = $7
     WHERE id IN (SELECT id FROM waiting WHERE of_account <= $5 AND to_destination <= $6
                  ORDER BY of_account, due_at, id LIMIT $4)
     RETURNING ${CALL_COLUMNS}`,
    [
      claim.worker,
      claim.now,
      claim.leaseUntil,
      claim.free,
      claim.activePerAccount,
      claim.activePerDestination,
      claim.carrier,
    ],
  )
}

/** What a worker writes down about its call; what is left out stays. */
export interface CallChange {
  readonly status?: CallStatus
  readonly reason?: string | null
  readonly sipCode?: number | null
  readonly carrierRef?: string
  readonly digits?: string
  readonly dueAt?: Date
  readonly ringingAt?: Date
  readonly answeredAt?: Date
  readonly endedAt?: Date
}

/** Changes a call that this worker still holds; undefined when it does not. */
export async function changeCall(
  db: Executor,
  at: { id: number; worker: string; now: Date },
  change: CallChange,
): Promise<CallRow | undefined> {
  const [row] = await db.query<CallRow>(
    `UPDATE calls SET
       status = coalesce($4, status),
       reason = CASE WHEN $5 THEN $6 ELSE reason END,
       sip_code = CASE WHEN $7 THEN $8 ELSE sip_code END,
       carrier_ref = coalesce($9, carrier_ref),
       digits = coalesce($10, digits),
       due_at = coalesce($11, due_at),
       ringing_at = coalesce(ringing_at, $12),
       answered_at = coalesce(answered_at, $13),
       ended_at = coalesce(ended_at, $14),
       updated_at = $3
     WHERE id = $1 AND worker = $2 AND status IN ${ACTIVE} RETURNING ${CALL_COLUMNS}`,
    [
      at.id,
      at.worker,
      at.now,
      change.status ?? null,
      change.reason !== undefined,
      change.reason ?? null,
      change.sipCode !== undefined,
      change.sipCode ?? null,
      change.carrierRef ?? null,
      change.digits ?? null,
      change.dueAt ?? null,
      change.ringingAt ?? null,
      change.answeredAt ?? null,
      change.endedAt ?? null,
    ],
  )
  return row
}

/** Ends a call that still waits; undefined when it does not wait any more. */
export async function endQueued(
  db: Executor,
  id: number,
  end: { status: CallStatus; reason: string | null; now: Date },
): Promise<CallRow | undefined> {
  const [row] = await db.query<CallRow>(
    `UPDATE calls SET status = $2, reason = $3, ended_at = $4, updated_at = $4, canceled = ($2 = 'canceled')
     WHERE id = $1 AND status = 'queued' RETURNING ${CALL_COLUMNS}`,
    [id, end.status, end.reason, end.now],
  )
  return row
}

/** Asks for the end of a call under way; whoever makes it sees it. */
export async function askForEnd(db: Executor, id: number): Promise<CallRow | undefined> {
  const [row] = await db.query<CallRow>(
    `UPDATE calls SET canceled = true WHERE id = $1 AND status IN ${ACTIVE} RETURNING ${CALL_COLUMNS}`,
    [id],
  )
  return row
}

/** Says again that this worker makes its calls; answers those that are to be ended. */
export async function renewLeases(db: Executor, worker: string, until: Date): Promise<number[]> {
  const rows = await db.query<{ id: number; canceled: boolean }>(
    `UPDATE calls SET lease_until = $2 WHERE worker = $1 AND status IN ${ACTIVE} RETURNING id, canceled`,
    [worker, until],
  )
  return rows.filter((row) => row.canceled).map((row) => row.id)
}

/** Calls under way that nobody vouches for: those of a process that ended. `everybody`: all but this worker's. */
export function findLost(
  db: Executor,
  options: { worker: string; now: Date; everybody: boolean },
): Promise<{ id: number; worker: string }[]> {
  return db.query(
    `SELECT id, worker FROM calls WHERE status IN ${ACTIVE} AND worker <> $1 AND ($3 OR lease_until < $2)`,
    [options.worker, options.now, options.everybody],
  )
}
