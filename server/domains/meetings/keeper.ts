import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'
import type { History } from './history.ts'
import type { Live } from './live/live.ts'
import type { Rooms } from './live/rooms.ts'
import type { Seat } from './live/seat.ts'
import { meetingsStore } from './meetings-store.ts'
import { membersStore } from './members-store.ts'
import { roomsStore } from './rooms-store.ts'
import type { SessionWriter } from './session-writer.ts'
import { sessionsStore } from './sessions-store.ts'
import type { Timings } from './timings.ts'

/** What a crash can cost: a hand that went up just before it. */
const SAVE_MS = 200
const PRUNE_MS = 3_600_000
const KEEP_SESSIONS_MS = 30 * 24 * 3_600_000

/**
 * What has to be done again and again: say that places are still taken, write what seats know, give up places whose time
 * is over, end meetings nobody will end, forget old history.
 */
export function createKeeper(parts: {
  db: Database
  bus: Bus<Events>
  clock: Clock
  log: Log
  rooms: Rooms
  live: Live
  history: History
  sessions: SessionWriter
  node: string
  timings: Timings
  lapse: (meetingId: number, accountId: number) => Promise<boolean>
}) {
  const { db, bus, clock, log, rooms, live, history, sessions, node, timings, lapse } = parts
  const timers: NodeJS.Timeout[] = []
  const after = (ms: number): Date => new Date(clock.now() + ms)

  function every(ms: number, what: string, work: () => Promise<void>): void {
    let isRunning = false
    const timer = setInterval(() => {
      if (isRunning) return
      isRunning = true
      work()
        .catch((error: unknown) => log.warn({ err: error }, `${what} failed`))
        .finally(() => (isRunning = false))
    }, ms)
    timers.push(timer)
  }

  async function heartbeat(): Promise<void> {
    const peers: string[] = []
    const meetings: number[] = []
    const seats: Seat[] = []
    for (const room of rooms.all()) {
      meetings.push(room.meetingId)
      for (const waiter of room.waiters.values()) peers.push(waiter.peerId)
      for (const seat of room.seats.values()) {
        if (seat.socket === null) continue
        peers.push(seat.peerId)
        seats.push(seat)
      }
    }
    if (meetings.length === 0) return
    await membersStore.keepSeats(db, peers, after(timings.seatMs))
    await roomsStore.renew(db, meetings, node, after(timings.seatMs))
    await save(seats)
  }

  async function save(seats: readonly Seat[]): Promise<void> {
    await sessions.flush()
    for (const seat of seats) seat.isDirty = false
    await sessionsStore.save(
      db,
      seats.map((seat) => ({
        id: seat.sessionId,
        peerId: seat.peerId,
        lastActivity: seat.lastActivity,
        handRaisedAt: seat.handRaisedAt,
        videoQuality: seat.videoQuality,
        ...seat.mediaState,
      })),
    )
  }

  async function saveDirty(): Promise<void> {
    const dirty: Seat[] = []
    for (const room of rooms.all()) for (const seat of room.seats.values()) if (seat.isDirty) dirty.push(seat)
    await save(dirty)
  }

  async function sweep(): Promise<void> {
    for (const { meeting_id: meetingId, account_id: accountId } of await membersStore.lapsed(db, after(0))) {
      await lapse(meetingId, accountId)
    }
    const ended = await meetingsStore.endAbandoned(db, {
      now: after(0),
      idleSince: after(-timings.idleMs),
      forgottenSince: after(-timings.forgottenMs),
    })
    for (const meetingId of ended) {
      bus.publish('meetings.meeting.ended', { meetingId })
      await live.exclusively(meetingId, () => live.over(meetingId, { by: null, reason: 'ended' }))
    }
  }

  async function prune(): Promise<void> {
    await history.prune([...rooms.all()].map((room) => room.meetingId))
    await sessionsStore.prune(db, after(0), after(-KEEP_SESSIONS_MS))
  }

  return {
    heartbeat,
    sweep,
    prune,

    /** Closes what a process before this one left behind, gives its places time to come back, and begins the rounds. */
    async start(): Promise<void> {
      const left = await sessionsStore.closeOfNode(db, node, after(0))
      await membersStore.keepSeatsOfNode(db, node, after(timings.restartGraceMs))
      if (left > 0) log.info({ sessions: left }, 'meeting rooms of before wait for their people')
      every(timings.heartbeatMs, 'keeping places', heartbeat)
      every(SAVE_MS, 'saving what seats know', saveDirty)
      every(timings.sweepMs, 'sweeping places', sweep)
      every(PRUNE_MS, 'forgetting old signalling', prune)
    },

    /** Ends the rounds, writes what is left, and leaves the rooms to whoever comes next. */
    async stop(): Promise<void> {
      for (const timer of timers) clearInterval(timer)
      await saveDirty()
      await membersStore.keepSeatsOfNode(db, node, after(timings.restartGraceMs))
      await sessionsStore.closeOfNode(db, node, after(0))
      await roomsStore.expire(db, node, after(0))
    },
  }
}
