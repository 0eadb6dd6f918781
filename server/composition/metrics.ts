import type { Identity } from '#domains/identity/identity.ts'
import type { MediaEngine } from '#domains/meetings/media-engine.ts'
import type { Meetings } from '#domains/meetings/meetings.ts'
import { single } from '#surfaces/metrics/exposition.ts'
import type { MetricFamily } from '#surfaces/metrics/exposition.ts'
import { measureHttp } from '#surfaces/metrics/http-times.ts'
import { mediaNumbers } from '#surfaces/metrics/media-numbers.ts'
import { mountMetrics } from '#surfaces/metrics/metrics.ts'
import { measureProcess } from '#surfaces/metrics/process-numbers.ts'
import type { Base, Part } from './part.ts'

/** Wires `/metrics`: the process, its requests and sockets, meetings and their media, jobs, the database. */
export function composeMetrics(
  base: Base,
  parts: { version: string; identity: Identity; meetings: Meetings; engine: MediaEngine },
): Part {
  const { config, db, jobs, http, mount, sockets } = base
  const { version, identity, meetings, engine } = parts
  const processNumbers = measureProcess(version)

  const socketFamilies = (): MetricFamily[] => {
    const { open, opened, refused, dropped } = sockets.numbers()
    return [
      single('gauge', 'confab_sockets_open', 'WebSockets open now.', open),
      single('counter', 'confab_sockets_opened_total', 'WebSockets opened.', opened),
      single('counter', 'confab_sockets_refused_total', 'WebSockets refused.', refused),
      single('counter', 'confab_sockets_dropped_total', 'WebSockets ended because nobody read or answered.', dropped),
    ]
  }

  const meetingFamilies = (): MetricFamily[] => {
    const numbers = meetings.stats()
    return [
      single('gauge', 'confab_meeting_rooms', 'Meetings with somebody inside.', numbers.rooms),
      single('gauge', 'confab_meeting_seats', 'Places taken in them.', numbers.seats),
      single('gauge', 'confab_meeting_connections', 'Signalling sockets in them.', numbers.connections),
      single('counter', 'confab_signalling_frames_total', 'Signalling frames that came in.', numbers.framesIn),
      single('counter', 'confab_signalling_frames_dropped_total', 'Frames over the limit.', numbers.framesDropped),
      single('counter', 'confab_signalling_frames_bad_total', 'Frames that could not be read.', numbers.framesBad),
      single('counter', 'confab_signalling_history_dropped_total', 'Frames not remembered.', numbers.historyDropped),
    ]
  }

  const jobFamilies = async (): Promise<MetricFamily[]> => [
    {
      name: 'confab_jobs',
      help: 'Jobs that wait, run, or failed for good within the last 24 hours.',
      type: 'gauge',
      samples: (await jobs.counts()).map(({ kind, state, count }) => ({ labels: { kind, state }, value: count })),
    },
  ]

  const databaseFamilies = (): MetricFamily[] => {
    const { totalCount, idleCount, waitingCount, options } = db.pool
    return [
      {
        name: 'confab_database_connections',
        help: 'Connections to the database, and how many there may be.',
        type: 'gauge',
        samples: [
          { labels: { state: 'busy' }, value: totalCount - idleCount },
          { labels: { state: 'idle' }, value: idleCount },
          { labels: { state: 'most' }, value: options.max ?? 10 },
        ],
      },
      single('gauge', 'confab_database_waiting', 'Statements that wait for a connection.', waitingCount),
    ]
  }

  mountMetrics(mount, {
    token: config.core.metricsToken,
    authenticate: identity.authenticate,
    sources: [
      () => processNumbers.read(),
      measureHttp(http),
      socketFamilies,
      meetingFamilies,
      () => mediaNumbers(engine),
      jobFamilies,
      databaseFamilies,
    ],
  })
  return {
    start: async () => processNumbers.start(),
    stop: async () => processNumbers.stop(),
  }
}
