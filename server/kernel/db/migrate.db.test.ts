import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '#kernel/log.ts'
import { createTestDatabase } from '#test/support/database.ts'
import { migrate } from './migrate.ts'

const db = await createTestDatabase({ empty: true })
afterAll(() => db.close())

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-migrations-'))
  await db.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const write = (name: string, statement: string) =>
  writeFile(join(folder, name), `export const up = async (sql) => { await sql(${JSON.stringify(statement)}) }\n`)
const run = () => migrate(db, { log: silentLog, folder })
const tables = async () =>
  (await db.query<{ name: string }>("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"))
    .map((row) => row.name)
    .filter((name) => name !== 'schema_migrations')

test('run in the order of their names, once', async () => {
  await write('2026-01-02-001-b.ts', 'ALTER TABLE a ADD b int; CREATE TABLE b ()')
  await write('2026-01-01-001-a.ts', 'CREATE TABLE a ()')
  expect(await run()).toEqual(['2026-01-01-001-a', '2026-01-02-001-b'])
  expect(await tables()).toEqual(['a', 'b'])
  expect(await run()).toEqual([])
})

test('run once when several servers start together', async () => {
  await write('2026-01-01-001-a.ts', 'CREATE TABLE a ()')
  const ran = await Promise.all([run(), run(), run()])
  expect(ran.flat()).toEqual(['2026-01-01-001-a'])
})

test('one that fails is rolled back, and those before it stay', async () => {
  await write('2026-01-01-001-a.ts', 'CREATE TABLE a ()')
  await write('2026-01-02-001-b.ts', 'CREATE TABLE b (); CREATE TABLE a ()')
  await expect(run()).rejects.toMatchObject({ code: 'db.migration-failed' })
  expect(await tables()).toEqual(['a'])
  // Under another name, because a module is loaded once in a process.
  await rm(join(folder, '2026-01-02-001-b.ts'))
  await write('2026-01-02-002-b.ts', 'CREATE TABLE b ()')
  expect(await run()).toEqual(['2026-01-02-002-b'])
})

test('one that was edited after it ran is an error', async () => {
  await write('2026-01-01-001-a.ts', 'CREATE TABLE a ()')
  await run()
  await write('2026-01-01-001-a.ts', 'CREATE TABLE a (n int)')
  await expect(run()).rejects.toMatchObject({ code: 'db.migration-changed' })
})

test('a database that a newer program used is an error', async () => {
  await write('2026-01-01-001-a.ts', 'CREATE TABLE a ()')
  await write('2026-01-02-001-b.ts', 'CREATE TABLE b ()')
  await run()
  await rm(join(folder, '2026-01-02-001-b.ts'))
  await expect(run()).rejects.toMatchObject({ code: 'db.newer-than-program' })
})

test('a file with another kind of name is an error', async () => {
  await write('add-things.ts', 'CREATE TABLE a ()')
  await expect(run()).rejects.toMatchObject({ code: 'db.migration-misnamed' })
})
