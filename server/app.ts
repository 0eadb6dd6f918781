import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Events } from '#contracts/events.ts'
import { createAccounts } from './composition/accounts.ts'
import { composeAi } from './composition/ai.ts'
import { composeAlerts } from './composition/alerts.ts'
import { composeAssistant } from './composition/assistant.ts'
import { composeCalendar } from './composition/calendar.ts'
import { composeMedia, createRecordingDesk } from './composition/media.ts'
import { composeInvitations } from './composition/invitations.ts'
import { createMeetingPort } from './composition/meeting-port.ts'
import { composeMeetings } from './composition/meetings.ts'
import { composeCalls } from './composition/calls.ts'
import { composeNotify } from './composition/notify.ts'
import { composeMetrics } from './composition/metrics.ts'
import type { Base, Part } from './composition/part.ts'
import { createLater } from './composition/later.ts'
import { composeRoomFiles } from './composition/room-files.ts'
import { composeRooms } from './composition/rooms.ts'
import type { Config } from './config.ts'
import type { Enhancing } from '#domains/ai/enhancement.ts'
import { createTickets } from '#domains/calls/tickets.ts'
import { createDirectory } from '#domains/identity/directory.ts'
import type { MeetingsPort } from '#domains/meetings/for-others.ts'
import type { FilesPort } from '#domains/rooms/ports.ts'
import { createBus } from '#kernel/bus/bus.ts'
import { createPostgresTransport } from '#kernel/bus/postgres-transport.ts'
import { systemClock } from '#kernel/clock.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import { createJobs } from '#kernel/jobs/jobs.ts'
import type { Log } from '#kernel/log.ts'
import { createRateLimiter } from '#kernel/rate-limit.ts'
import { openSecrets } from '#kernel/secrets.ts'
import { closeGently } from '#surfaces/close-gently.ts'
import { allowOrigins } from '#surfaces/cross-origin.ts'
import { createHttpServer } from '#surfaces/http-server.ts'
import { createMount } from '#surfaces/mount.ts'
import type { Mounted } from '#surfaces/mount.ts'
import { createSockets } from '#surfaces/realtime/sockets.ts'
import { VERSION } from './version.ts'
import { mountSystem } from '#surfaces/system.ts'
import { pageOrNoRoute, serveWebApp } from '#surfaces/web-app.ts'

/** The built web app. */
const WEB_FOLDER = join(import.meta.dirname, '../web/dist')

/** Everything wired together, not yet listening. */
export interface App {
  readonly http: FastifyInstance
  /** Every route with its contract, for tests and documentation. */
  readonly mounted: readonly Mounted[]
  /** What is not configured, a plain line each. */
  readonly notConfigured: readonly string[]
  /** Starts what runs in the background: workers, jobs. */
  start(): Promise<void>
  /** Ends what `start` began and closes every socket; the database stays open. */
  stop(): Promise<void>
}

/** What an app is made of; tests hand in their own database, clock and checks. */
export interface AppParts {
  readonly config: Config
  readonly db: Database
  readonly log: Log
  readonly clock?: Clock
  /** Checks every answer against its contract: for tests. */
  readonly checkResults?: boolean
}

/** Wires domains, adapters and surfaces. The only place that knows them all. */
export async function createApp({
  config,
  db,
  log,
  clock = systemClock,
  checkResults = false,
}: AppParts): Promise<App> {
  const { core } = config
  const secrets = openSecrets({ dataDir: core.dataDir, given: core.secret })
  // With the embedded database there is one process, so nobody else has to be told.
  const severalProcesses = db.origin === 'external'
  const bus = await createBus<Events>({
    log,
    ...(severalProcesses && { transport: createPostgresTransport({ db, log }) }),
  })
  const jobs = createJobs({ db, bus, log })
  const accounts = createAccounts({ config, db, bus, jobs, secrets, clock, log })
  const http = createHttpServer({ log, trustedProxies: core.trustedProxies, onNoRoute: pageOrNoRoute(WEB_FOLDER) })
  allowOrigins(http, core.allowedOrigins)
  const { mount, mounted } = createMount(http, {
    authenticate: accounts.identity.authenticate,
    limiter: createRateLimiter(clock),
    rateLimits: core.rateLimits,
    checkResults,
  })
  const tickets = createTickets({ db, secrets, clock, authenticate: accounts.identity.authenticate })
  const sockets = createSockets({
    servers: [http.server],
    authenticate: tickets.authenticate,
    bus,
    log,
    allowedOrigins: core.allowedOrigins,
  })
  const base: Base = { config, db, bus, jobs, secrets, clock, log, mount, http, sockets }

  const { identity } = accounts
  const notify = composeNotify(base, { identity })
  const alerts = composeAlerts(base, { identity, notify })
  const calls = composeCalls(base, { identity, tickets, notify: notify.notify })
  accounts.mount(base, {
    callSessionsOf: calls.callSessionsOf,
    bindingsOf: notify.bindingsOf,
    subscriptionsOf: alerts.subscriptionsOf,
  })
  const directory = createDirectory({ db, clock })
  const recordingDesk = createRecordingDesk()
  const laterMeetings = createLater<MeetingsPort>('meetings')
  const laterFiles = createLater<FilesPort>('files')
  const rooms = composeRooms(base, {
    identity,
    meetings: laterMeetings.port,
    files: laterFiles.port,
    notify: notify.notify,
  })
  const { chatRoom } = rooms
  const meetings = composeMeetings(base, { directory, recordings: recordingDesk.port, chatRoom })
  const invitations = composeInvitations(base, { identity, notify: notify.notify })
  const meetingPort = createMeetingPort({ db, meetings: meetings.meetings, directory })
  const calendar = composeCalendar(base, { identity, meetings: meetingPort, notify: notify.notify })
  laterMeetings.open(meetingPort)
  alerts.tellLive(rooms.live)
  const assistant = composeAssistant(base, { live: rooms.live })
  const laterEnhancing = createLater<Pick<Enhancing, 'lookFor'>>('enhancements')
  const media = composeMedia(base, { identity, directory, meetings, recordingDesk, enhancing: laterEnhancing.port })
  laterFiles.open(composeRoomFiles(base, { rooms, library: media.library }))
  const ai = composeAi(base, { library: media.library, live: rooms.live })
  laterEnhancing.open(ai.enhancing)
  const { engine } = meetings
  const metrics = composeMetrics(base, { version: VERSION, identity, meetings: meetings.meetings, engine })
  const parts: Part[] = [
    accounts,
    notify,
    alerts,
    meetings,
    invitations,
    assistant,
    calendar,
    rooms,
    calls,
    media,
    ai,
    metrics,
  ]

  mountSystem(mount, {
    version: VERSION,
    mounted: () => mounted,
    checks: Object.assign(
      {
        database: async () => {
          if (!(await db.healthy())) throw new Error('the database does not answer')
        },
      },
      ...parts.map((part) => part.checks ?? {}),
    ),
  })
  serveWebApp(http, WEB_FOLDER)
  await http.ready()

  const started: Part[] = []
  return {
    http,
    mounted,
    notConfigured: parts.flatMap((part) => part.notConfigured ?? []),
    start: async () => {
      for (const part of parts) {
        await part.start?.()
        started.push(part)
      }
      if (core.roles.includes('jobs')) await jobs.start()
    },
    stop: async () => {
      // No new requests from here on; those under way, and open sockets, end while the parts do.
      const closed = closeGently(http.server, () => http.close())
      await sockets.drain()
      // Each part ends even where another one fails to; the first failure is told at the end.
      const failures: unknown[] = []
      const work = [{ stop: () => bus.close() }, ...started, { stop: () => jobs.stop() }].toReversed()
      for (const part of [...work, { stop: () => closed }]) {
        try {
          await part.stop?.()
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}
