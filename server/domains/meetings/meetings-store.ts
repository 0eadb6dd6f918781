import type { Executor, Transaction } from '#kernel/db/executor.ts'
import type { Insertable, Updateable } from 'kysely'
import type { MeetingRow, Role, Tables } from './tables.ts'

/** A meeting with what lists show beside it. */
export interface ListedMeeting extends MeetingRow {
  readonly participant_count: number
  readonly online_count: number
  readonly my_role: Role | null
}

/** Which of somebody's meetings: all, those not over yet (next first), those over (last first). */
export type MeetingScope = 'all' | 'upcoming' | 'history'

export interface MeetingFilter {
  readonly scope: MeetingScope
  readonly status?: MeetingRow['status'] | undefined
  /** Part of the title or description, in any case. */
  readonly keyword?: string | undefined
  readonly page: number
  readonly pageSize: number
}

/** The meetings as rows. */
export const meetingsStore = {
  async insert(db: Executor, values: Insertable<Tables['meetings']>): Promise<MeetingRow> {
    return await db.as<Tables>().insertInto('meetings').values(values).returningAll().executeTakeFirstOrThrow()
  },

  async find(db: Executor, id: number): Promise<MeetingRow | undefined> {
    const rows = await db.prepared<MeetingRow>('SELECT * FROM meetings WHERE id = $1', [id])
    return rows[0]
  },

  /** Like `find`, and nobody else changes it or who is in it before the end of the transaction. */
  async lock(tx: Transaction, id: number): Promise<MeetingRow | undefined> {
    return await tx.as<Tables>().selectFrom('meetings').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  },

  async update(db: Executor, id: number, values: Updateable<Tables['meetings']>): Promise<MeetingRow> {
    return await db
      .as<Tables>()
      .updateTable('meetings')
      .set(values)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
  },

  async delete(db: Executor, id: number): Promise<void> {
    await db.as<Tables>().deleteFrom('meetings').where('id', '=', id).execute()
  },

  /** One meeting with its counts and the asker's role. */
  async findListed(db: Executor, id: number, accountId: number): Promise<ListedMeeting | undefined> {
    const rows = await db.query<ListedMeeting>(
      `SELECT m.*, ${COUNTS} FROM meetings m
       LEFT JOIN meeting_participants me ON me.meeting_id = m.id AND me.account_id = $2 AND NOT me.removed
       WHERE m.id = $1`,
      [id, accountId],
    )
    return rows[0]
  },

  /** A page of the meetings an account made, joined or was named to. */
  async list(
    db: Executor,
    accountId: number,
    filter: MeetingFilter,
    now: Date,
  ): Promise<{ meetings: ListedMeeting[]; total: number }> {
    const over = `(m.status IN ('ended', 'cancelled') OR (m.status = 'scheduled' AND m.end_time < $2))`
    const conditions = ['me.account_id = $1', 'NOT me.removed', '$2::timestamptz IS NOT NULL']
    const values: unknown[] = [accountId, now]
    if (filter.scope !== 'all') conditions.push(filter.scope === 'history' ? over : `NOT ${over}`)
    if (filter.status !== undefined) conditions.push(`m.status = $${values.push(filter.status)}`)
    if (filter.keyword !== undefined && filter.keyword.trim() !== '') {
      const at = values.push(`%${filter.keyword.trim().replaceAll(/[\\%_]/g, '\\$&')}%`)
      conditions.push(`(m.title ILIKE $${at} OR m.description ILIKE $${at})`)
    }
    const from = `FROM meeting_participants me JOIN meetings m ON m.id = me.meeting_id WHERE ${conditions.join(' AND ')}`
    const order = filter.scope === 'upcoming' ? 'm.start_time, m.id' : 'm.start_time DESC, m.id DESC'
    const [counted] = await db.query<{ total: number }>(`SELECT count(*) AS total ${from}`, values)
    const limit = `LIMIT $${values.push(filter.pageSize)} OFFSET $${values.push((filter.page - 1) * filter.pageSize)}`
    const meetings = await db.query<ListedMeeting>(`SELECT m.*, ${COUNTS} ${from} ORDER BY ${order} ${limit}`, values)
    return { meetings, total: counted?.total ?? 0 }
  },

  /**
   * Ends meetings that nobody will end: under way, but past their time and empty since `idleSince`; or never started and
   * past their time since `forgottenSince`. Returns their ids.
   */
  async endAbandoned(db: Executor, at: { now: Date; idleSince: Date; forgottenSince: Date }): Promise<number[]> {
    const rows = await db.query<{ id: number }>(
      `UPDATE meetings m SET status = 'ended', ended_at = $1, updated_at = $1
       WHERE (m.status = 'ongoing' AND m.end_time < $2 AND m.started_at < $2 AND NOT EXISTS (
                SELECT 1 FROM meeting_participants p WHERE p.meeting_id = m.id AND (p.seat_until > $1 OR p.left_at > $2)))
          OR (m.status = 'scheduled' AND m.end_time < $3 AND m.updated_at < $3 AND NOT EXISTS (
                SELECT 1 FROM meeting_participants p WHERE p.meeting_id = m.id AND p.seat_until > $1))
       RETURNING m.id`,
      [at.now, at.idleSince, at.forgottenSince],
    )
    return rows.map((row) => row.id)
  },
}

const COUNTS = `me.role AS my_role,
  (SELECT count(*) FROM meeting_participants p WHERE p.meeting_id = m.id AND NOT p.removed) AS participant_count,
  (SELECT count(*) FROM meeting_participants p WHERE p.meeting_id = m.id AND p.status = 'online') AS online_count`
