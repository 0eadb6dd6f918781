import type { Database } from '#kernel/db/database.ts'

/** In which Matrix room we talk to whom. */
export interface DirectRooms {
  find(matrixId: string): Promise<string | undefined>
  keep(matrixId: string, roomId: string): Promise<void>
  forget(matrixId: string): Promise<void>
}

/** Rooms over the table `matrix_direct_rooms`. */
export function createDirectRooms(db: Database): DirectRooms {
  return {
    find: async (matrixId) => {
      const [row] = await db.query<{ roomId: string }>(
        'SELECT room_id AS "roomId" FROM matrix_direct_rooms WHERE matrix_id = $1',
        [matrixId],
      )
      return row?.roomId
    },
    keep: async (matrixId, roomId) => {
      await db.query(
        `INSERT INTO matrix_direct_rooms (matrix_id, room_id) VALUES ($1, $2)
         ON CONFLICT (matrix_id) DO UPDATE SET room_id = excluded.room_id`,
        [matrixId, roomId],
      )
    },
    forget: async (matrixId) => {
      await db.query('DELETE FROM matrix_direct_rooms WHERE matrix_id = $1', [matrixId])
    },
  }
}
