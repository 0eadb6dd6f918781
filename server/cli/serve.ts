import { createServer } from 'node:http'
import { flushCompileCache } from 'node:module'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { resolve } from 'node:path'
import type { App } from '../app.ts'
import type { Config } from '../config.ts'
import { VERSION } from '../version.ts'
import { openDatabase } from '#kernel/db/database.ts'
import type { Database } from '#kernel/db/database.ts'
import { migrate } from '#kernel/db/migrate.ts'
import { Fault } from '#kernel/fault.ts'
import { createLog } from '#kernel/log.ts'
import type { Log } from '#kernel/log.ts'
import { closeGently, noteUnused } from '#surfaces/close-gently.ts'

/** How long a stop may take before the process leaves all the same. */
const STOP_DEADLINE_MS = 15_000

/**
 * Runs the server until SIGTERM or SIGINT; resolves with the exit code.
 * Faults: a taken port, an unusable data directory or database, each with a sentence for the person at the terminal.
 */
export async function serve(config: Config): Promise<number> {
  const log = createLog({ level: config.core.logLevel })
  const stopAsked = whenAskedToStop()
  // The app's modules load while the database starts.
  const loading = import('../app.ts')
  loading.catch(() => {})
  const db = await openDatabase({ dataDir: config.core.dataDir, url: config.core.databaseUrl, log })
  const extra: Server[] = []
  let app: App | undefined
  try {
    await migrate(db, { log })
    const { createApp } = await loading
    app = await createApp({ config, db, log })
    await app.start()
    await listen(app, config, extra)
    greet(app, extra, config, VERSION)
    flushCompileCache()
    const signal = await stopAsked
    log.info({ signal }, 'stopping')
  } catch (error) {
    await shutDown({ app, extra, db, log })
    throw error
  }
  await shutDown({ app, extra, db, log })
  log.info('stopped')
  return 0
}

async function listen(app: App, config: Config, extra: Server[]): Promise<void> {
  const { host, port, alsoListen } = config.core
  try {
    await app.http.listen({ host, port })
    for (const other of alsoListen) {
      const server = createServer((request, response) => app.http.routing(request, response))
      server.on('upgrade', (request, socket, head) => app.http.server.emit('upgrade', request, socket, head))
      noteUnused(server)
      extra.push(server)
      await new Promise<void>((done, failed) => {
        server.once('error', failed)
        server.listen({ host, port: Number(other) }, done)
      })
    }
  } catch (error) {
    const { code, port: taken } = error as NodeJS.ErrnoException & { port?: number }
    const sentences: Readonly<Record<string, string>> = {
      EADDRINUSE: `Port ${taken} is taken by another program. Stop it, or set CONFAB_PORT to a free one.`,
      EACCES: `Port ${taken} may not be used by this user. Set CONFAB_PORT to one above 1023.`,
      EADDRNOTAVAIL: `This machine has no address ${host}. Set CONFAB_HOST to one it has.`,
    }
    const sentence = sentences[code ?? '']
    if (sentence === undefined) throw error
    throw new Fault('unavailable', 'server.cannot-listen', sentence, { cause: error })
  }
}

/** Tells the person at the terminal where everything is and what is not configured. */
function greet(app: App, extra: readonly Server[], config: Config, version: string): void {
  const { core } = config
  const ports = [app.http.server, ...extra].map((server) => (server.address() as AddressInfo).port)
  const hosts = core.host === '0.0.0.0' || core.host === '::' ? ['localhost', ...lanAddresses()] : [core.host]
  const lines = [
    `Confab ${version} is ready.`,
    ...ports.flatMap((port) =>
      hosts.map((host) => `  open      http://${host.includes(':') ? `[${host}]` : host}:${port}`),
    ),
    `  data      ${resolve(core.dataDir)}`,
    `  database  ${core.databaseUrl === undefined ? 'embedded' : 'DATABASE_URL'}`,
  ]
  if (app.notConfigured.length > 0) lines.push('  not configured:', ...app.notConfigured.map((one) => `    - ${one}`))
  lines.push(
    '  browsers give camera and microphone to https and localhost only: put a TLS proxy in front for other machines.',
  )
  process.stdout.write(lines.join('\n') + '\n')
}

function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flat()
    .filter((one) => one !== undefined && one.family === 'IPv4' && !one.internal)
    .map((one) => (one as { address: string }).address)
}

/** Resolves with the first signal; a second one ends the process at once. */
function whenAskedToStop(): Promise<string> {
  return new Promise((stop) => {
    let asked = false
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1)
        asked = true
        stop(signal)
      })
    }
  })
}

async function shutDown(parts: {
  app: App | undefined
  extra: readonly Server[]
  db: Database
  log: Log
}): Promise<void> {
  const deadline = setTimeout(() => {
    parts.log.error('could not stop in time; leaving')
    process.exit(1)
  }, STOP_DEADLINE_MS)
  const others = parts.extra.map((server) => closeGently(server, () => new Promise((done) => server.close(done))))
  try {
    await Promise.all([...others, parts.app?.stop()])
  } catch (error) {
    parts.log.error({ err: error }, 'stopping failed')
  }
  await parts.db.close()
  clearTimeout(deadline)
}
