// A process that works on the jobs in the database of argv[2] and prints the number of each one it has done. With a
// count in argv[3] it adds that many first. It runs until it is killed.
import { writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { createBus } from '#kernel/bus/bus.ts'
import { openDatabase } from '#kernel/db/database.ts'
import { migrate } from '#kernel/db/migrate.ts'
import type { JobEvents } from '#kernel/jobs/job.ts'
import { createJobs } from '#kernel/jobs/jobs.ts'
import { silentLog } from '#kernel/log.ts'

const db = await openDatabase({ dataDir: process.argv[2] ?? '', log: silentLog })
await migrate(db, { log: silentLog })
await db.query('CREATE TABLE IF NOT EXISTS done (n int NOT NULL)')
const jobs = createJobs({ db, bus: await createBus<JobEvents>({ log: silentLog }), log: silentLog })
const work = jobs.define<number, null>('test.work', { concurrency: 4, retries: 9 }, async ({ input }) => {
  await db.query('INSERT INTO done VALUES ($1)', [input])
  // Something to be killed in the middle of.
  await delay(20)
  writeSync(1, `${input}\n`)
  return null
})
for (let n = 0; n < Number(process.argv[3] ?? 0); n++) await work.enqueue(n)
await jobs.start()
