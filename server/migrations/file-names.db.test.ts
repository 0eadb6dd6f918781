import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { migrate } from '#kernel/db/migrate.ts'
import { gramsOf } from '#kernel/grams.ts'
import { silentLog } from '#kernel/log.ts'
import { createTestDatabase } from '#test/support/database.ts'

const FILE_NAMES = '2026-11-21-023-file-names.ts'
const db = await createTestDatabase({ empty: true })
const folder = await mkdtemp(join(tmpdir(), 'confab-migrations-'))
afterAll(async () => {
  await db.close()
  await rm(folder, { recursive: true, force: true })
})

test('messages that are there already are found by the names of their files', async () => {
  for (const name of await readdir(import.meta.dirname)) {
    if (/^2026-.*\.ts$/.test(name) && name !== FILE_NAMES) {
      await symlink(join(import.meta.dirname, name), join(folder, name))
    }
  }
  await migrate(db, { log: silentLog, folder })
  await db.query(`INSERT INTO rooms (name, last_seq, last_change) VALUES ('Files', 2, 2)`)
  await db.query(`
    INSERT INTO room_messages (room_id, seq, change, content, grams, files)
    VALUES (1, 1, 1, '看', '{}', '[{"name": "季報.pdf"}, {"name": "b.txt"}]'), (1, 2, 2, 'none', '{7}', '[]')`)
  await migrate(db, { log: silentLog })
  const rows = await db.query<{ grams: number[] }>('SELECT grams FROM room_messages ORDER BY seq')
  expect(rows[0]?.grams).toEqual(expect.arrayContaining([...gramsOf('季報.pdf'), ...gramsOf('b.txt')]))
  expect(rows[1]?.grams).toEqual([7])
})
