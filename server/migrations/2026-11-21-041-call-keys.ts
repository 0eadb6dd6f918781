import type { Sql } from '#kernel/db/migrate.ts'

/** Keys to press once a call is answered: an extension, a menu's choice. */
export async function up(sql: Sql): Promise<void> {
  await sql('ALTER TABLE calls ADD COLUMN keys text')
}
