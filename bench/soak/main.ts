import { attachDebugger, WITH_DEBUGGER } from '#test/support/debugger.ts'
import { startServer } from '#test/support/server.ts'
import type { Benchmark, Measurement } from '../measurement.ts'
import { growth, sampleOf } from './watch.ts'
import type { Sample } from './watch.ts'
import { callAs, Visit } from './visitor.ts'
import type { Going } from './visitor.ts'

const ROOMS = 3
const PEOPLE = 12
const METRICS_TOKEN = 'soak-metrics-token'
const SAMPLE_MS = 10_000
/** A stay lasts between these. */
const STAY_MS = [2_000, 9_000] as const
/** A place whose socket broke is kept for 30 s; then its session goes. */
const SETTLE_MS = 60_000
const GOINGS: readonly Going[] = ['frame', 'rest', 'gone', 'back and frame']
/** A meeting is ended for all, and another one begun, after so many stays in it. */
const STAYS_PER_MEETING = 40

interface Counts {
  joins: number
  failed: string[]
  received: number
}

async function registered(url: string, at: number): Promise<string> {
  const response = await fetch(`${url}/api/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: `soak${at}@example.com`, password: 'password123' }),
  })
  return ((await response.json()) as { token: string }).token
}

/** The meetings of the soak: each is replaced by a new one now and then. */
function createMeetings(url: string, host: string) {
  const rooms: { id: Promise<number>; stays: number }[] = []
  const begin = async (): Promise<number> => {
    const { meeting_id: id } = await callAs<{ meeting_id: number }>(url, host, '/meetings', {
      title: 'Soak',
      start_time: '2030-01-01T10:00:00Z',
      end_time: '2030-01-01T11:00:00Z',
      max_participants: 100,
    })
    await callAs(url, host, `/meetings/${id}/start`)
    return id
  }
  return {
    async any(): Promise<number> {
      const at = Math.floor(Math.random() * ROOMS)
      const room = (rooms[at] ??= { id: begin(), stays: 0 })
      if (++room.stays < STAYS_PER_MEETING) return await room.id
      const old = await room.id
      rooms[at] = { id: begin(), stays: 0 }
      await callAs(url, host, `/meetings/${old}/end`)
      return await rooms[at].id
    },
  }
}

/** Comes and goes until `until`. */
async function wander(
  url: string,
  token: string,
  meetings: ReturnType<typeof createMeetings>,
  counts: Counts,
  until: number,
): Promise<void> {
  for (let turn = 0; performance.now() < until; turn++) {
    const meetingId = await meetings.any()
    const visit = new Visit(url, token, meetingId)
    const [least, most] = STAY_MS
    try {
      await visit.enter(turn % 4 !== 3)
      counts.joins++
      await visit.behave(least + Math.random() * (most - least))
      await visit.leave(GOINGS[turn % GOINGS.length] as Going)
    } catch (error) {
      visit.abandon()
      const { message } = error as Error
      // A meeting that was ended while somebody came in, or was in it.
      if (!/over|ended|INVALID_ROOM/i.test(message)) counts.failed.push(message)
    }
    counts.received += visit.received
  }
}

/** Joins and leaves for `minutes` (1 unless said otherwise): is memory flat, and is anything left behind? */
async function run({ minutes = '1' }: { minutes?: string | undefined } = {}): Promise<Measurement[]> {
  const server = await startServer({
    env: { CONFAB_LOG_LEVEL: 'error', CONFAB_METRICS_TOKEN: METRICS_TOKEN, ...WITH_DEBUGGER },
  })
  const attached = await attachDebugger(server)
  const samples: Sample[] = []
  const look = async (): Promise<Sample> => {
    const sample = await sampleOf(server, attached, METRICS_TOKEN)
    samples.push(sample)
    return sample
  }
  try {
    const people = await Promise.all(Array.from({ length: PEOPLE }, (_, at) => registered(server.url, at)))
    const before = await look()
    const counts: Counts = { joins: 0, failed: [], received: 0 }
    const meetings = createMeetings(server.url, people[0] as string)
    const until = performance.now() + Number(minutes) * 60_000
    const sampling = setInterval(() => void look().catch(() => {}), SAMPLE_MS)
    await Promise.all(people.map((token) => wander(server.url, token, meetings, counts, until)))
    clearInterval(sampling)
    const busy = samples.slice(1)
    const end = performance.now() + SETTLE_MS
    let after = await look()
    while ((after.seats > 0 || after.sockets > 0 || after.mediaPeers > 0) && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      after = await look()
    }
    attached.close()
    return describe({ before, busy, after, counts, minutes: Number(minutes), printed: server.output() })
  } finally {
    await server.stop()
  }
}

function describe(seen: {
  before: Sample
  busy: readonly Sample[]
  after: Sample
  counts: Counts
  minutes: number
  printed: string
}): Measurement[] {
  const { before, busy, after, counts, minutes, printed } = seen
  // The first third is warming up: code compiled, pools filled, the heap grown to its working size.
  const later = busy.slice(Math.floor(busy.length / 3))
  const memory = (value: (sample: Sample) => number): string => {
    const third = Math.max(1, Math.floor(later.length / 3))
    const mean = (part: readonly Sample[]): number => part.reduce((sum, one) => sum + value(one), 0) / part.length
    const [first, last] = [mean(later.slice(0, third)), mean(later.slice(-third))]
    return `${first.toFixed(0)} MiB, then ${last.toFixed(0)} MiB; ${growth(later, value).toFixed(2)} MiB a minute`
  }
  const most = (value: (sample: Sample) => number): number => Math.max(...busy.map(value))
  const left = after.sockets + after.rooms + after.seats + after.mediaRooms + after.mediaPeers + after.tracks
  const errors = printed.split('\n').filter((line) => line.includes('"level":50') || line.includes('error')).length
  return [
    {
      name: `${minutes} minutes of joins and leaves`,
      measured: `${counts.joins} stays, at most ${most((one) => one.seats)} at once, ${counts.received} packets heard`,
      beside: `${counts.failed.length} failed${counts.failed.length > 0 ? `: ${[...new Set(counts.failed)].join('; ')}` : ''}; ${errors} error lines`,
      asked: 'none fails',
      holds: counts.failed.length === 0,
    },
    { name: 'resident memory while it goes on', measured: memory((one) => one.residentMiB) },
    { name: 'of it needed JavaScript, main thread', measured: memory((one) => one.neededMiB) },
    { name: 'of it needed JavaScript, media thread', measured: memory((one) => one.mediaNeededMiB) },
    {
      name: 'left behind: sockets, rooms, seats, media rooms, media peers, tracks',
      measured: `${after.sockets}, ${after.rooms}, ${after.seats}, ${after.mediaRooms}, ${after.mediaPeers}, ${after.tracks}`,
      beside: `at most ${most((one) => one.sockets)}, ${most((one) => one.rooms)}, ${most((one) => one.seats)}, ${most((one) => one.mediaRooms)}, ${most((one) => one.mediaPeers)}, ${most((one) => one.tracks)} while it went on`,
      asked: 'none',
      holds: left === 0,
    },
    {
      name: 'open files and threads of the server',
      measured: `${after.files} and ${after.threads}`,
      beside: `${before.files} and ${before.threads} before`,
    },
  ]
}

/** Whether meetings leak: `npm run bench soak -- --minutes 10`. */
export const benchmark: Benchmark = { title: 'Soak of meetings', run }
