import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import { SqlState, violates } from './failures.ts'

interface Tables {
  notes: { id: number; owner: number; text: string }
}

const db = await createTestDatabase()
afterAll(() => db.close())
await db.query('CREATE TABLE notes (id int PRIMARY KEY, owner int NOT NULL, text text NOT NULL)')

const texts = async () =>
  (await db.query<{ text: string }>('SELECT text FROM notes ORDER BY id')).map((row) => row.text)
const clear = () => db.query('DELETE FROM notes')

describe('values', () => {
  test('int8 and numeric are numbers, timestamptz a Date, date its text', async () => {
    const [row] = await db.query(
      `SELECT 9007199254740991::int8 AS big, sum(x) AS sum, '2026-11-21'::date AS day, '2026-11-21T10:00:00+08:00'::timestamptz AS at,
              '{"a":[1]}'::jsonb AS json FROM unnest('{1,2}'::int8[]) AS x`,
    )
    expect(row).toEqual({
      big: 9007199254740991,
      sum: 3,
      day: '2026-11-21',
      at: new Date('2026-11-21T02:00:00Z'),
      json: { a: [1] },
    })
  })

  test('prepared statements give the same rows each time', async () => {
    for (let i = 0; i < 3; i++) expect(await db.prepared('SELECT $1::int + 1 AS n', [i])).toEqual([{ n: i + 1 }])
  })

  test('a prepared statement goes on when its table has changed, on every connection', async () => {
    await db.query('CREATE TABLE changing (a int)')
    await db.query('INSERT INTO changing VALUES (1)')
    const everywhere = () => Promise.all(Array.from({ length: 20 }, () => db.prepared('SELECT * FROM changing')))
    await everywhere()
    await db.query('ALTER TABLE changing ADD COLUMN b int DEFAULT 2')
    for (const rows of await everywhere()) expect(rows).toEqual([{ a: 1, b: 2 }])
  })
})

describe('transactions', () => {
  test('commit what they wrote, through the builder and in SQL, and run the hooks after it', async () => {
    await clear()
    const seen: string[] = []
    const result = await db.transaction(async (tx) => {
      await tx.as<Tables>().insertInto('notes').values({ id: 1, owner: 1, text: 'a' }).execute()
      await tx.query('INSERT INTO notes VALUES ($1, 1, $2)', [2, 'b'])
      tx.afterCommit(() => seen.push('first'))
      tx.afterCommit(() => {
        throw new Error('a hook that fails')
      })
      tx.afterCommit(() => seen.push('second'))
      expect(await texts()).toEqual([])
      expect(seen).toEqual([])
      return 'done'
    })
    expect(result).toBe('done')
    expect(seen).toEqual(['first', 'second'])
    expect(await texts()).toEqual(['a', 'b'])
  })

  test('leave nothing behind and run no hook when the work throws', async () => {
    await clear()
    const seen: string[] = []
    await expect(
      db.transaction(async (tx) => {
        tx.afterCommit(() => seen.push('never'))
        await tx.query("INSERT INTO notes VALUES (1, 1, 'a')")
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    expect(seen).toEqual([])
    expect(await texts()).toEqual([])
  })

  test('join the one under way', async () => {
    await clear()
    const seen: string[] = []
    const write = (executor: Parameters<Parameters<typeof db.transaction>[0]>[0]) =>
      executor.transaction(async (tx) => {
        tx.afterCommit(() => seen.push('inner'))
        await tx.query("INSERT INTO notes VALUES (1, 1, 'a')")
      })
    await expect(
      db.transaction(async (tx) => {
        await write(tx)
        throw new Error('outer fails')
      }),
    ).rejects.toThrow('outer fails')
    expect(await texts()).toEqual([])
    expect(seen).toEqual([])
  })

  test('run again after a serialization failure, with the hooks of the last attempt only', async () => {
    await clear()
    await db.query("INSERT INTO notes VALUES (1, 1, '0')")
    const hooks: number[] = []
    let attempts = 0
    const increment = (n: number) =>
      db.transaction(
        async (tx) => {
          attempts++
          tx.afterCommit(() => hooks.push(n))
          const [row] = await tx.query<{ text: string }>('SELECT text FROM notes WHERE id = 1')
          await tx.query('UPDATE notes SET text = $1 WHERE id = 1', [String(Number(row?.text) + 1)])
        },
        { isolation: 'serializable', retries: 20 },
      )
    await Promise.all(Array.from({ length: 8 }, (_, n) => increment(n)))
    expect(await texts()).toEqual(['8'])
    expect(hooks.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(attempts).toBeGreaterThan(8)
  })

  test('a violation is told apart by its state and constraint', async () => {
    await clear()
    await db.query("INSERT INTO notes VALUES (1, 1, 'a')")
    const error: unknown = await db.query("INSERT INTO notes VALUES (1, 1, 'a')").catch((thrown: unknown) => thrown)
    expect(violates(error, SqlState.uniqueViolation, 'notes_pkey')).toBe(true)
    expect(violates(error, SqlState.uniqueViolation, 'other')).toBe(false)
    expect(violates(error, SqlState.exclusionViolation)).toBe(false)
  })
})

describe('advisory locks', () => {
  test('taken in whatever order, never deadlock and never overlap', async () => {
    await clear()
    let inside = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        db.transaction(
          async (tx) => {
            await tx.lock('test.user', i % 2 ? [1, 2, 'x'] : ['x', 2, 1, 1])
            most = Math.max(most, ++inside)
            await tx.query('SELECT 1')
            inside--
          },
          { retries: 0 },
        ),
      ),
    )
    expect(most).toBe(1)
  })
})

test('a healthy database says so', async () => {
  expect(await db.healthy()).toBe(true)
})
