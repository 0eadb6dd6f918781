// A process that opens the database in argv[2] and inserts rows as fast as it can, four at a time, printing each number
// once its insert was acknowledged. It runs until it is killed, or ends when its standard input does.
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { openDatabase } from '#kernel/db/database.ts'
import { silentLog } from '#kernel/log.ts'

const dataDir = process.argv[2] ?? ''
const first = Number(process.argv[3] ?? 0)
const idle = process.argv[4] === 'idle'

const db = await openDatabase({ dataDir, log: silentLog }).catch((error: { code?: string; message?: string }) => {
  writeSync(2, `${error.code}: ${error.message}\n`)
  process.exit(1)
})
await db.query('CREATE TABLE IF NOT EXISTS rows (n bigint PRIMARY KEY, text text)')
writeSync(1, 'ready\n')
const asked = new AbortController()
process.stdin.on('end', () => asked.abort()).resume()

let next = first
const writers = Array.from({ length: idle ? 0 : 4 }, async () => {
  while (!asked.signal.aborted) {
    const n = next++
    await db.transaction((tx) => tx.query('INSERT INTO rows VALUES ($1, $2)', [n, 'x'.repeat(100)]))
    writeSync(1, `${n}\n`)
  }
})
if (idle && !asked.signal.aborted) await once(asked.signal, 'abort')
await Promise.all(writers)
await db.close()
