import { sql } from 'kysely'
import type { Insertable, Updateable } from 'kysely'
import type { Executor, Transaction } from '#kernel/db/executor.ts'
import type { Occupancy } from './admission.ts'
import type { MemberRow, Tables } from './tables.ts'

/** Empties a place: neither inside nor waiting. */
export const NO_PLACE = { status: 'offline', waiting_for: null, peer_id: null, seat_until: null } as const

/** Who belongs to meetings, as rows. */
export const membersStore = {
  async insert(db: Executor, values: Insertable<Tables['meeting_participants']>): Promise<MemberRow> {
    return await db
      .as<Tables>()
      .insertInto('meeting_participants')
      .values(values)
      .returningAll()
      .executeTakeFirstOrThrow()
  },

  /** Also somebody who was taken out: look at `removed`. */
  async find(db: Executor, meetingId: number, accountId: number): Promise<MemberRow | undefined> {
    const rows = await db.prepared<MemberRow>(
      'SELECT * FROM meeting_participants WHERE meeting_id = $1 AND account_id = $2',
      [meetingId, accountId],
    )
    return rows[0]
  },

  async findByPeer(db: Executor, peerId: string): Promise<MemberRow | undefined> {
    return await db
      .as<Tables>()
      .selectFrom('meeting_participants')
      .selectAll()
      .where('peer_id', '=', peerId)
      .executeTakeFirst()
  },

  /** Everybody there is a row of, those taken out too. */
  async listAll(db: Executor, meetingId: number): Promise<MemberRow[]> {
    return await db.query<MemberRow>('SELECT * FROM meeting_participants WHERE meeting_id = $1', [meetingId])
  },

  /** Everybody who belongs to the meeting, longest first. */
  async list(db: Executor, meetingId: number): Promise<MemberRow[]> {
    return await db
      .as<Tables>()
      .selectFrom('meeting_participants')
      .selectAll()
      .where('meeting_id', '=', meetingId)
      .where('removed', '=', false)
      .orderBy('id')
      .execute()
  },

  /**
   * Of those with a place at `now` (not those who wait), `except` one account, the ones whom succession asks about: hosts,
   * then moderators, then the others, first come first.
   */
  async foremost(tx: Transaction, meetingId: number, now: Date, except: number): Promise<MemberRow[]> {
    return await tx.query<MemberRow>(
      `SELECT * FROM meeting_participants
       WHERE meeting_id = $1 AND account_id <> $2 AND status <> 'waiting' AND seat_until > $3
       ORDER BY array_position(ARRAY['host', 'moderator', 'participant'], role), entered_at LIMIT 10`,
      [meetingId, except, now],
    )
  },

  /** The accounts that belong to a meeting: named by a host, let in once, or with a role; not who only knocked. */
  async belonging(db: Executor, meetingId: number): Promise<number[]> {
    const rows = await db.query<{ account_id: number }>(
      `SELECT account_id FROM meeting_participants
       WHERE meeting_id = $1 AND NOT removed AND (invited OR first_joined_at IS NOT NULL OR role <> 'participant')
       ORDER BY id`,
      [meetingId],
    )
    return rows.map((row) => row.account_id)
  },

  /** Those before the door, first come first. */
  async waiting(db: Executor, meetingId: number): Promise<MemberRow[]> {
    return await db
      .as<Tables>()
      .selectFrom('meeting_participants')
      .selectAll()
      .where('meeting_id', '=', meetingId)
      .where('status', '=', 'waiting')
      .orderBy('entered_at')
      .orderBy('id')
      .execute()
  },

  async occupancy(tx: Transaction, meetingId: number, now: Date, except: number): Promise<Occupancy> {
    const [row] = await tx.query<Occupancy>(
      `SELECT count(*) FILTER (WHERE status <> 'waiting') AS seated, count(*) FILTER (WHERE status = 'waiting') AS waiting
       FROM meeting_participants WHERE meeting_id = $1 AND account_id <> $2 AND seat_until > $3`,
      [meetingId, except, now],
    )
    return row ?? { seated: 0, waiting: 0 }
  },

  async update(db: Executor, id: number, values: Updateable<Tables['meeting_participants']>): Promise<MemberRow> {
    return await db
      .as<Tables>()
      .updateTable('meeting_participants')
      .set(values)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
  },

  /** Empties every place of a meeting. */
  async clearPlaces(db: Executor, meetingId: number, now: Date): Promise<void> {
    await db
      .as<Tables>()
      .updateTable('meeting_participants')
      .set({ ...NO_PLACE, hand_raised_at: null, left_at: now, role: sql`standing_role` })
      .where('meeting_id', '=', meetingId)
      .where('seat_until', 'is not', null)
      .execute()
  },

  /** Says that these places are still taken, until `until`. */
  async keepSeats(db: Executor, peerIds: readonly string[], until: Date): Promise<void> {
    await db.query('UPDATE meeting_participants SET seat_until = $2 WHERE peer_id = ANY($1::uuid[])', [peerIds, until])
  },

  /** Gives places of rooms on `node` some time to come back to after a restart. */
  async keepSeatsOfNode(db: Executor, node: string, until: Date): Promise<void> {
    await db.query(
      `UPDATE meeting_participants SET seat_until = $2, status = CASE status WHEN 'online' THEN 'offline' ELSE status END
       WHERE seat_until IS NOT NULL AND meeting_id IN (SELECT meeting_id FROM meeting_rooms WHERE node = $1)`,
      [node, until],
    )
  },

  /** Places that lapsed before `now`. */
  async lapsed(db: Executor, now: Date): Promise<{ meeting_id: number; account_id: number }[]> {
    return await db.query('SELECT meeting_id, account_id FROM meeting_participants WHERE seat_until <= $1 LIMIT 500', [
      now,
    ])
  },
}
