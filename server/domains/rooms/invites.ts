import { createHash } from 'node:crypto'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import { randomToken } from '#kernel/ids.ts'
import type { Rooms } from './rooms.ts'

/** A link by which people come into a room. */
export interface Invite {
  readonly id: number
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly mostUses: number | null
  readonly uses: number
}

const COLUMNS = `id, created_at AS "createdAt", expires_at AS "expiresAt", most_uses AS "mostUses", uses`
const MOST = 50
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()
const ended = (): Fault => new Fault('missing', 'rooms.invite-ended', 'This invitation does not count any more')

/** Invite links. The token is shown once; only its hash is kept. */
export type Invites = ReturnType<typeof createInvites>

/** Invite links over the database. */
export function createInvites(parts: { db: Database; rooms: Rooms; clock: Clock }) {
  const { db, rooms, clock } = parts
  const usable = 'expires_at > $2 AND (most_uses IS NULL OR uses < most_uses)'

  return {
    /** Faults: `rooms.not-allowed`, `rooms.too-many-invites`. */
    create: async (
      roomId: number,
      accountId: number,
      options: { hours: number; mostUses: number | null },
    ): Promise<Invite & { token: string }> => {
      await rooms.managed(roomId, accountId)
      const token = randomToken(32)
      return db.transaction(async (tx) => {
        await tx.query('DELETE FROM room_invites WHERE room_id = $1 AND expires_at <= $2', [
          roomId,
          new Date(clock.now()),
        ])
        const [row] = await tx.query<Invite>(
          `INSERT INTO room_invites (room_id, token_hash, created_by, expires_at, most_uses)
           SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM room_invites WHERE room_id = $1) < ${MOST} RETURNING ${COLUMNS}`,
          [roomId, hashOf(token), accountId, new Date(clock.now() + options.hours * 3_600_000), options.mostUses],
        )
        if (row === undefined)
          throw new Fault('conflict', 'rooms.too-many-invites', `A room has at most ${MOST} invite links`)
        return { ...row, token }
      })
    },

    list: async (roomId: number, accountId: number): Promise<Invite[]> => {
      await rooms.managed(roomId, accountId)
      return db.query<Invite>(
        `SELECT ${COLUMNS} FROM room_invites WHERE room_id = $1 AND expires_at > $2 ORDER BY id`,
        [roomId, new Date(clock.now())],
      )
    },

    revoke: async (roomId: number, accountId: number, id: number): Promise<void> => {
      await rooms.managed(roomId, accountId)
      const gone = await db.query('DELETE FROM room_invites WHERE room_id = $1 AND id = $2 RETURNING id', [roomId, id])
      if (gone.length === 0) throw ended()
    },

    /** What a link leads to, for somebody about to follow it. Faults: `rooms.invite-ended`. */
    look: async (token: string): Promise<{ roomId: number; name: string; members: number }> => {
      const [row] = await db.query<{ roomId: number; name: string; members: number }>(
        `SELECT r.id AS "roomId", r.name, (SELECT count(*) FROM room_members AS m WHERE m.room_id = r.id) AS members
         FROM room_invites AS i JOIN rooms AS r ON r.id = i.room_id WHERE i.token_hash = $1 AND ${usable}`,
        [hashOf(token), new Date(clock.now())],
      )
      if (row === undefined) throw ended()
      return row
    },

    /** Comes in; who is in already stays, and uses nothing up. Faults: `rooms.invite-ended`, `rooms.full`. */
    accept: (token: string, accountId: number): Promise<number> =>
      db.transaction(async (tx) => {
        const values = [hashOf(token), new Date(clock.now())]
        const [invite] = await tx.query<{ id: number; roomId: number }>(
          `SELECT id, room_id AS "roomId" FROM room_invites WHERE token_hash = $1 AND ${usable} FOR UPDATE`,
          values,
        )
        if (invite === undefined) throw ended()
        const added = await rooms.addTo(tx, invite.roomId, [accountId])
        if (added.length > 0) await tx.query('UPDATE room_invites SET uses = uses + 1 WHERE id = $1', [invite.id])
        return invite.roomId
      }),
  }
}
