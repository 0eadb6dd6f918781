import type { Sql } from '#kernel/db/migrate.ts'

/** Who left a meeting's room of their own will: what changes in the meeting does not bring them back. */
export async function up(sql: Sql): Promise<void> {
  await sql(`
    CREATE TABLE meeting_room_leavers (
      room_id    integer NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
      account_id integer NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
      PRIMARY KEY (room_id, account_id)
    );
  `)
}
