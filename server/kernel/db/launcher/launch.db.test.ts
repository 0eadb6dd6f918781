import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '#kernel/db/database.ts'
import type { Database } from '#kernel/db/database.ts'
import { silentLog } from '#kernel/log.ts'
import { postmasterOf, processesIn } from '#test/faults/support/processes.ts'

let base = ''
const open: Database[] = []
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'confab-launch-'))
})
afterEach(async () => {
  for (const db of open.splice(0)) await db.close()
  await rm(base, { recursive: true, force: true })
})

const start = async (dataDir = base, besideServer = false): Promise<Database> => {
  const db = await openDatabase({ dataDir, log: silentLog, besideServer })
  open.push(db)
  return db
}
const setting = async (db: Database, name: string) =>
  (await db.query<{ value: string }>('SELECT current_setting($1) AS value', [name]))[0]?.value

describe('an embedded database', () => {
  test('keeps what it was told over a stop, and leaves no process behind', async () => {
    const first = await start()
    await first.query("CREATE TABLE kept AS SELECT 'äö 電 😀' AS text")
    await first.close()
    expect(await processesIn(base)).toEqual([])
    await first.close()
    const second = await start()
    expect(await second.query('SELECT text, upper(text) AS upper FROM kept')).toEqual([
      { text: 'äö 電 😀', upper: 'ÄÖ 電 😀' },
    ])
  })

  test('is durable, closed to the network and to other users, and no superuser of ours', async () => {
    const db = await start()
    expect(await setting(db, 'fsync')).toBe('on')
    expect(await setting(db, 'synchronous_commit')).toBe('on')
    expect(await setting(db, 'full_page_writes')).toBe('on')
    expect(await setting(db, 'listen_addresses')).toBe('')
    expect((await stat(join(base, 'postgres'))).mode & 0o077).toBe(0)
    expect(await db.query('SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user')).toEqual([
      { super: false },
    ])
  })

  test('comes back by itself when it is killed', async () => {
    const db = await start()
    await db.query('CREATE TABLE kept AS SELECT 1 AS n')
    const before = await postmasterOf(base)
    process.kill(before, 'SIGKILL')
    await expect.poll(() => postmasterOf(base).catch(() => before), { timeout: 20_000 }).not.toBe(before)
    await expect
      .poll(() => db.query('SELECT n FROM kept').catch((error: unknown) => error), { timeout: 20_000 })
      .toEqual([{ n: 1 }])
  })

  test('runs where the path is longer than a socket’s may be, and cleans up its other place', async () => {
    const deep = join(base, 'd'.repeat(90), 'e'.repeat(90))
    const db = await start(deep)
    const host = String(db.pool.options.host)
    expect(host.startsWith(deep)).toBe(false)
    expect((await stat(host)).mode & 0o077).toBe(0)
    await db.close()
    await expect(stat(host)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test.runIf(process.getuid?.() === 0 && process.platform === 'linux')(
    'runs as an unprivileged user that could not walk to it',
    async () => {
      await chmod(base, 0o700)
      const db = await start(join(base, 'data'))
      const pid = await postmasterOf(join(base, 'data'))
      expect((await stat(`/proc/${pid}`)).uid).not.toBe(0)
      expect(await db.healthy()).toBe(true)
    },
  )

  test('starts over lock files of a process that is another one now', async () => {
    const first = await start()
    await first.close()
    await writeFile(
      join(base, 'postgres', 'postmaster.pid'),
      `${process.pid}\n${join(base, 'postgres')}\n1\n5432\n.\n\n`,
    )
    await writeFile(join(base, 'postgres', '.s.PGSQL.5432.lock'), `${process.pid}\n`)
    expect(await (await start()).healthy()).toBe(true)
  })
})

describe('a data directory', () => {
  test('in use is refused, but serves a command beside the server', async () => {
    const server = await start()
    await server.query('CREATE TABLE shared AS SELECT 1 AS n')
    await expect(start()).rejects.toMatchObject({
      code: 'db.data-dir-in-use',
      message: `The data directory ${base} is in use by another Confab server; stop it first, or give this one a directory of its own.`,
    })
    const command = await start(base, true)
    expect(await command.query('SELECT n FROM shared')).toEqual([{ n: 1 }])
    await command.close()
    expect(await server.healthy()).toBe(true)
  })

  test('that is a file is refused in a sentence', async () => {
    const file = join(base, 'file')
    await writeFile(file, '')
    await expect(start(join(file, 'data'))).rejects.toMatchObject({
      code: 'db.data-dir-unwritable',
      message: `The data directory ${join(file, 'data')} cannot be written: a part of the path is not a directory.`,
    })
  })

  test('of another PostgreSQL release is refused and left as it was', async () => {
    await mkdir(join(base, 'postgres'))
    await writeFile(join(base, 'postgres', 'PG_VERSION'), '17\n')
    await expect(start()).rejects.toMatchObject({ code: 'db.wrong-version' })
    expect(await readdir(join(base, 'postgres'))).toEqual(['PG_VERSION'])
    expect(await readFile(join(base, 'postgres', 'PG_VERSION'), 'utf8')).toBe('17\n')
  })
})

describe('a database of one’s own', () => {
  const openUrl = (url: string) => openDatabase({ dataDir: base, url, log: silentLog })

  test('that is not there is told in one sentence, without the password', async () => {
    await expect(openUrl('postgres://someone:hunter2@127.0.0.1:1/confab')).rejects.toMatchObject({
      code: 'db.unreachable',
      message: 'The database at 127.0.0.1:1 cannot be used: nothing listens there.',
    })
  })

  test('whose address is not one is told', async () => {
    for (const url of ['mysql://x/y', 'localhost:5432', 'postgres://']) {
      await expect(openUrl(url)).rejects.toMatchObject({ code: /^db\.(bad-url|unreachable)$/ })
    }
  })
})
