import { gramsOf } from '#kernel/grams.ts'
import type { Sql } from '#kernel/db/migrate.ts'

const AT_ONCE = 1_000

/** Search finds messages by the names of their files too: those that are there already get the pairs of their names. */
export async function up(sql: Sql): Promise<void> {
  for (let after = 0; ;) {
    const messages = await sql<{ id: number; content: string; files: { name: string }[] }>(
      `SELECT id, content, files FROM room_messages WHERE id > $1 AND files <> '[]' ORDER BY id LIMIT ${AT_ONCE}`,
      [after],
    )
    if (messages.length === 0) return
    after = messages.at(-1)?.id ?? 0
    const found = messages.map(({ id, content, files }) => ({
      id,
      grams: gramsOf([content, ...files.map(({ name }) => name)].join('\n')),
    }))
    await sql(
      `UPDATE room_messages AS m SET grams = i.grams
       FROM jsonb_to_recordset($1::jsonb) AS i(id int, grams int[]) WHERE m.id = i.id`,
      [JSON.stringify(found)],
    )
  }
}
