import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { openDatabase } from '#kernel/db/database.ts'
import { silentLog } from '#kernel/log.ts'
import { killNow, processesIn } from './support/processes.ts'

const JOBS = 150
const KILLS = 8

const script = new URL('support/job-worker.ts', import.meta.url).pathname

/** Runs a worker until it has done `enough` jobs in this life, then kills it. */
async function runAndKill(dataDir: string, { add, enough }: { add: number; enough: number }): Promise<void> {
  const child = spawn(process.execPath, [script, dataDir, String(add)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  let done = 0
  for await (const line of createInterface({ input: child.stdout })) if (line !== '' && ++done >= enough) break
  killNow(child.pid ?? 0)
  await closed
  expect(done).toBe(enough)
}

/** How many jobs are in which state, and whether each that is completed did its work. */
async function countStates(dataDir: string): Promise<Map<string, number>> {
  const db = await openDatabase({ dataDir, log: silentLog })
  try {
    const undone = await db.query(
      "SELECT id FROM jobs WHERE kind = 'test.work' AND state = 'completed' AND input::int NOT IN (SELECT n FROM done)",
    )
    expect(undone).toEqual([])
    const rows = await db.query<{ state: string; n: number }>(
      "SELECT state, count(*) AS n FROM jobs WHERE kind = 'test.work' GROUP BY state",
    )
    return new Map(rows.map((row) => [row.state, row.n]))
  } finally {
    await db.close()
  }
}

test('a worker killed again and again loses no job', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-kill-jobs-'))
  try {
    for (let round = 0; round < KILLS; round++) await runAndKill(dataDir, { add: round === 0 ? JOBS : 0, enough: 10 })
    const states = await countStates(dataDir)
    expect(states.get('completed')).toBeGreaterThanOrEqual(KILLS * 10 - 4 * KILLS)
    expect((states.get('completed') ?? 0) + (states.get('queued') ?? 0) + (states.get('processing') ?? 0)).toBe(JOBS)
    await runAndKill(dataDir, { add: 0, enough: JOBS - (states.get('completed') ?? 0) })
  } finally {
    for (const { pid } of await processesIn(dataDir)) killNow(pid)
    await rm(dataDir, { recursive: true, force: true })
  }
})
