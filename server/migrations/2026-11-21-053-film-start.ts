import type { Sql } from '#kernel/db/migrate.ts'

/** When the film of a recording begins: with the first picture or sound that came, some time after the press of the button. */
export async function up(sql: Sql): Promise<void> {
  await sql('ALTER TABLE recordings ADD COLUMN film_started_at timestamptz')
}
