import { globSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '#kernel/db/database.ts'
import { silentLog } from '#kernel/log.ts'
import { killNow, postmasterOf, processesIn } from './support/processes.ts'
import { spawnWriter, startWriter } from './support/start-writer.ts'
import type { Writer } from './support/start-writer.ts'

const ROUNDS = 10

let dataDir = ''
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'confab-kill-'))
})
afterEach(async () => {
  for (const { pid } of await processesIn(dataDir)) killNow(pid)
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

const nobodyLeft = () =>
  expect.poll(() => processesIn(dataDir), { timeout: 20_000, message: 'processes of the database' }).toEqual([])

/** What is in the table, read by a server of its own. */
async function readRows(): Promise<Set<number>> {
  const db = await openDatabase({ dataDir, log: silentLog })
  try {
    return new Set((await db.query<{ n: number }>('SELECT n FROM rows')).map((row) => row.n))
  } finally {
    await db.close()
  }
}

/** Ways to die, all without a word. */
const KILLS: Record<string, (writer: Writer) => Promise<void>> = {
  'the server': async (writer) => killNow(writer.pid),
  'the server and its postmaster': async (writer) => {
    const postmaster = await postmasterOf(dataDir)
    killNow(writer.pid)
    killNow(postmaster)
  },
  'the postmaster, then the server': async (writer) => {
    killNow(await postmasterOf(dataDir))
    killNow(writer.pid)
  },
  'the server and the watchdog, which leaves an orphan': async (writer) => {
    const watchdogs = (await processesIn(dataDir)).filter((found) => found.command !== 'postgres')
    expect(watchdogs).toHaveLength(1)
    for (const { pid } of watchdogs) killNow(pid)
    killNow(writer.pid)
  },
}

test.each(Object.entries(KILLS))('killing %s ten times loses no acknowledged row', async (_, kill) => {
  const acknowledged: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    // The start follows the kill at once, while the old PostgreSQL may still be ending.
    const writer = await startWriter({ dataDir, first: round * 1_000_000 })
    await writer.reached(20 + round * 15)
    await kill(writer)
    expect(await writer.ended).toBe('SIGKILL')
    acknowledged.push(...writer.acknowledged)
  }
  const found = await readRows()
  expect(acknowledged.filter((n) => !found.has(n))).toEqual([])
  expect(acknowledged.length).toBeGreaterThan(ROUNDS * 20)
  await nobodyLeft()
})

test.each([
  ['took the directory', 'server.lock'],
  // What one look missed has its last name at the next.
  ['began', 'postgres{,.new-*}'],
  ['made the first files', 'postgres{,.new-*}/PG_VERSION'],
  ['made the control file', 'postgres{,.new-*}/global/pg_control'],
  ['made the second database', 'postgres{,.new-*}/base/5/PG_VERSION'],
  ['made our database', 'postgres{,.new-*}/base/16384/PG_VERSION'],
  ['finished', 'postgres'],
])('a server killed when it %s leaves a directory that the next one can use', async (_, pattern) => {
  const writer = spawnWriter({ dataDir, idle: true })
  writer.ready.catch(() => {})
  await expect.poll(() => globSync(join(dataDir, pattern)).length, { interval: 1, timeout: 60_000 }).toBeGreaterThan(0)
  killNow(writer.pid)
  expect(await writer.ended).toBe('SIGKILL')
  const again = await startWriter({ dataDir, idle: true })
  expect((await readdir(dataDir)).toSorted()).toEqual(['postgres', 'server.lock'])
  again.finish()
  expect(await again.ended).toBe(0)
  await nobodyLeft()
})

test('a server killed alone leaves no process behind', async () => {
  const writer = await startWriter({ dataDir })
  await writer.reached(10)
  killNow(writer.pid)
  await nobodyLeft()
})

test('of two servers started at once on one directory, exactly one runs', async () => {
  const both = await Promise.allSettled([
    startWriter({ dataDir, idle: true }),
    startWriter({ dataDir, idle: true }),
    startWriter({ dataDir, idle: true }),
  ])
  const running = both.filter((one) => one.status === 'fulfilled')
  expect(running).toHaveLength(1)
  for (const one of both) if (one.status === 'rejected') expect(String(one.reason)).toContain('db.data-dir-in-use')
  running[0]?.value.finish()
  expect(await running[0]?.value.ended).toBe(0)
  await nobodyLeft()
})
