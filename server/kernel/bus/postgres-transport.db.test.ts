import { afterAll, afterEach, expect, test } from 'vitest'
import { openDatabase } from '#kernel/db/database.ts'
import type { Database } from '#kernel/db/database.ts'
import { silentLog } from '#kernel/log.ts'
import { createTestDatabase } from '#test/support/database.ts'
import { createBus } from './bus.ts'
import type { Bus } from './bus.ts'
import { createPostgresTransport } from './postgres-transport.ts'

interface Events {
  'notes.note.added': { id: number; text?: string }
}

const db = await createTestDatabase()
afterAll(() => db.close())

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** A bus as another process would have it: its own connections, its own identity. */
async function joinBus(): Promise<{ bus: Bus<Events>; other: Database }> {
  const other = await openDatabase({ dataDir: '', url: db.url, log: silentLog, poolSize: 3 })
  const bus = await createBus<Events>({
    log: silentLog,
    transport: createPostgresTransport({ db: other, log: silentLog }),
  })
  ends.push(async () => {
    await bus.close()
    await other.close()
  })
  return { bus, other }
}

test('events reach the other processes in order, and their own process once', async () => {
  const [a, b] = [await joinBus(), await joinBus()]
  const seenByA: number[] = []
  const seenByB: number[] = []
  a.bus.subscribe('notes.note.added', ({ id }) => void seenByA.push(id))
  b.bus.subscribe('notes.note.added', ({ id }) => void seenByB.push(id))
  const ids = Array.from({ length: 2_000 }, (_, id) => id)
  for (const id of ids) a.bus.publish('notes.note.added', { id })
  await expect.poll(() => seenByB.length, { timeout: 10_000 }).toBe(ids.length)
  expect(seenByB).toEqual(ids)
  expect(seenByA).toEqual(ids)
})

test('an event too large for a NOTIFY arrives whole and in its place', async () => {
  const [a, b] = [await joinBus(), await joinBus()]
  const seen: { id: number; text?: string }[] = []
  b.bus.subscribe('notes.note.added', (note) => void seen.push(note))
  const text = '看板'.repeat(20_000)
  a.bus.publish('notes.note.added', { id: 1 })
  a.bus.publish('notes.note.added', { id: 2, text })
  a.bus.publish('notes.note.added', { id: 3 })
  await expect.poll(() => seen.length).toBe(3)
  expect(seen).toEqual([{ id: 1 }, { id: 2, text }, { id: 3 }])
})

test('a lost connection is replaced, and the gap is told', async () => {
  const [a, b] = [await joinBus(), await joinBus()]
  let gaps = 0
  const seen: number[] = []
  b.bus.onGap(() => gaps++)
  b.bus.subscribe('notes.note.added', ({ id }) => void seen.push(id))
  await db.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'",
  )
  await expect.poll(() => gaps).toBe(1)
  a.bus.publish('notes.note.added', { id: 7 })
  await expect.poll(() => seen).toEqual([7])
})

test('closing sends what was published before it', async () => {
  const b = await joinBus()
  const seen: number[] = []
  b.bus.subscribe('notes.note.added', ({ id }) => void seen.push(id))
  const other = await openDatabase({ dataDir: '', url: db.url, log: silentLog, poolSize: 2 })
  const a = await createBus<Events>({
    log: silentLog,
    transport: createPostgresTransport({ db: other, log: silentLog }),
  })
  a.publish('notes.note.added', { id: 9 })
  await a.close()
  await other.close()
  await expect.poll(() => seen).toEqual([9])
})
