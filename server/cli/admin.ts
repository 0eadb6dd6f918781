import { createAccounts } from '../composition/accounts.ts'
import type { Config } from '../config.ts'
import type { Events } from '#contracts/events.ts'
import type { Actor } from '#domains/identity/administration.ts'
import type { Identity } from '#domains/identity/identity.ts'
import { createBus } from '#kernel/bus/bus.ts'
import { createPostgresTransport } from '#kernel/bus/postgres-transport.ts'
import { systemClock } from '#kernel/clock.ts'
import { openDatabase } from '#kernel/db/database.ts'
import type { Database } from '#kernel/db/database.ts'
import { migrate } from '#kernel/db/migrate.ts'
import { isFault } from '#kernel/fault.ts'
import { createJobs } from '#kernel/jobs/jobs.ts'
import { createLog } from '#kernel/log.ts'
import type { Log } from '#kernel/log.ts'
import { openSecrets } from '#kernel/secrets.ts'

const USAGE = `Usage: confab admin grant EMAIL            make an account an admin
       confab admin revoke EMAIL           make an admin an ordinary account
       confab admin reset-password EMAIL   give an account a new password and print it
       confab admin list                   print the admins`

/** Nobody who signed in: the operator, at the machine itself. */
const OPERATOR: Actor = {
  accountId: null,
  visit: { address: '', userAgent: 'confab admin', origin: null, locale: null },
}

/**
 * Runs `confab admin …` beside a running server or without one; resolves with the exit code: 0 done, 1 refused, 2 typed
 * wrongly.
 */
export async function runAdmin(config: Config, args: readonly string[]): Promise<number> {
  const [command = '', name, ...rest] = args
  const takesName = command === 'grant' || command === 'revoke' || command === 'reset-password'
  const isRight = rest.length === 0 && (takesName ? name !== undefined : command === 'list' && name === undefined)
  if (!isRight) {
    console.error(USAGE)
    return 2
  }
  // A command prints what it did, and no log line unless something is wrong.
  const log = createLog({ level: config.core.logLevel === 'silent' ? 'silent' : 'warn' })
  const db = await openBeside(config, log)
  try {
    return await withIdentity(config, db, log, (identity) => run(identity, command, name ?? ''))
  } finally {
    await db.close()
  }
}

async function run(identity: Identity, command: string, name: string): Promise<number> {
  const { administration, passwords } = identity
  try {
    if (command === 'list') {
      const { accounts } = await administration.list({ role: 'admin', limit: 1000, offset: 0 })
      for (const { id, email, login, status } of accounts) {
        console.log(`${id}\t${email}\t${login}${status === 'active' ? '' : `\t(${status})`}`)
      }
      if (accounts.length === 0) console.log('There is no admin yet: the first account to be registered becomes one.')
      return 0
    }
    const account = await administration.find(name)
    if (command === 'reset-password') {
      const password = await passwords.replace(account.email, OPERATOR.visit)
      console.log(`The new password of ${account.email} is ${password}`)
      console.log('Every device was signed out. The password should be changed after signing in.')
      return 0
    }
    const role = command === 'grant' ? 'admin' : 'user'
    await administration.update(account.id, { role }, OPERATOR)
    console.log(
      account.role === role
        ? `${account.email} is ${role === 'admin' ? 'an admin' : 'no admin'} already.`
        : `${account.email} is ${role === 'admin' ? 'an admin' : 'an ordinary account'} now.`,
    )
    return 0
  } catch (error) {
    if (isFault(error, 'accounts.unknown')) console.error(`confab: there is no account "${name}"`)
    else if (isFault(error)) console.error(`confab: ${error.message}.`)
    else throw error
    return 1
  }
}

/** The database of the server that runs on the same data directory, else one of our own. */
async function openBeside(config: Config, log: Log): Promise<Database> {
  const { dataDir, databaseUrl: url } = config.core
  const db = await openDatabase({ dataDir, url, log, poolSize: 3, besideServer: true })
  try {
    await migrate(db, { log })
    return db
  } catch (error) {
    await db.close()
    throw error
  }
}

/** Accounts as the server has them, with a bus by which a running one hears what was done. */
async function withIdentity<T>(
  config: Config,
  db: Database,
  log: Log,
  work: (identity: Identity) => Promise<T>,
): Promise<T> {
  const { dataDir, secret: given } = config.core
  const secrets = openSecrets({ dataDir, given })
  const bus = await createBus<Events>({ log, transport: createPostgresTransport({ db, log }) })
  try {
    const jobs = createJobs({ db, bus, log })
    const { identity } = createAccounts({ config, db, bus, jobs, secrets, clock: systemClock, log })
    try {
      return await work(identity)
    } finally {
      await identity.stop()
    }
  } finally {
    await bus.close()
  }
}
