import { hostname } from 'node:os'
import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'
import { createRateLimiter } from '#kernel/rate-limit.ts'
import { createAttendance } from './acts/attendance.ts'
import type { ActParts } from './acts/context.ts'
import { createModeration } from './acts/moderation.ts'
import { createOverseeing } from './acts/overseeing.ts'
import { createPlanning } from './acts/planning.ts'
import { createTalking } from './acts/talking.ts'
import { createWatching } from './acts/watching.ts'
import { createChat } from './chat.ts'
import { createHistory } from './history.ts'
import { createIceServers } from './ice-servers.ts'
import { createKeeper } from './keeper.ts'
import { createDeparture } from './live/departure.ts'
import { createEntrance } from './live/entrance.ts'
import { followElsewhere } from './live/elsewhere.ts'
import { createLive } from './live/live.ts'
import { followEngine } from './live/media-events.ts'
import { createMedia } from './live/media.ts'
import { createReconcile } from './live/reconciliation.ts'
import { createRooms } from './live/rooms.ts'
import { createKeyedSerial } from './live/serial.ts'
import type { MediaEngine } from './media-engine.ts'
import { createMembership } from './membership.ts'
import type { Accounts, Captured, ChatRoom, PasswordHasher, Recordings } from './ports.ts'
import { createSessionWriter } from './session-writer.ts'
import { createSignalling } from './signalling/connection.ts'
import type { FrameBudget } from './signalling/token-bucket.ts'
import { createHandlers } from './signalling/handlers.ts'
import { TIMINGS } from './timings.ts'
import type { Timings } from './timings.ts'

/** What meetings are made with. */
export interface MeetingsParts {
  readonly db: Database
  readonly bus: Bus<Events>
  readonly clock: Clock
  readonly log: Log
  /** Started and stopped by whoever made it. */
  readonly engine: MediaEngine
  readonly accounts: Accounts
  readonly hasher: PasswordHasher
  readonly settings: {
    readonly stunUrls: readonly string[]
    readonly turnUrls: readonly string[]
    readonly turnSecret: string | undefined
  }
  /** Limits on signalling frames and password guesses; off for load tests. */
  readonly rateLimits: boolean
  /** Where what is said is kept. */
  readonly chatRoom: ChatRoom
  /** Absent: meetings cannot be recorded, and say so. */
  readonly recordings?: Recordings | undefined
  /**
   * This machine's name among those that share the database; stays the same over restarts. Default: the host name, and
   * with an embedded database, which nobody shares, always the same.
   */
  readonly node?: string | undefined
  readonly timings?: Partial<Timings> | undefined
}

/** Numbers for operators. */
export interface MeetingsNumbers {
  readonly rooms: number
  readonly seats: number
  readonly connections: number
  readonly framesIn: number
  readonly framesDropped: number
  readonly framesBad: number
  readonly historyDropped: number
}

/** The meetings domain. */
export type Meetings = ReturnType<typeof createMeetings>

/** A burst covers a page that joins with dozens of candidates; in the long run nobody says fifty things a second. */
const BUDGET: FrameBudget = { burst: 300, perSecond: 50 }
const NOT_CAPTURED: Captured = { recordingId: null, streams: [] }

/** Wires the meetings domain. `start` before the first socket, `stop` after the last. */
export function createMeetings(parts: MeetingsParts) {
  const { db, bus, clock, log, engine, accounts, hasher, settings, rateLimits, recordings, chatRoom } = parts
  const timings: Timings = { ...TIMINGS, ...parts.timings }
  const node = parts.node ?? (db.origin === 'embedded' ? 'this' : hostname())
  const serial = createKeyedSerial<number>()
  const history = createHistory({ db, clock, log, lines: (ids) => chatRoom.lines(ids) })
  const rooms = createRooms({ clock, record: history.record })
  const media = createMedia({ engine, log })
  const iceServers = createIceServers(settings, clock)
  const membership = createMembership({ db, bus, clock, timings })
  const sessions = createSessionWriter({ db, clock, log, node })
  const entrance = createEntrance({ clock, log, media, iceServers, sessions, timings })
  const onLapse = (meetingId: number, accountId: number): void => {
    lapse(meetingId, accountId).catch((error: unknown) => log.error({ err: error, meetingId }, 'a place did not lapse'))
  }
  const departure = createDeparture({ db, clock, log, rooms, media, node, sessions, timings, onLapse })
  const live = createLive({ bus, rooms, entrance, departure, media, serial })
  const chat = createChat({ room: chatRoom, onSaid: live.said, onChanged: live.lineChanged })
  const acts: ActParts = { db, bus, clock, membership, live, accounts, hasher }
  const captured = async (meetingId: number): Promise<Captured> =>
    recordings === undefined ? NOT_CAPTURED : await recordings.captured(meetingId)
  const guesses = rateLimits ? createRateLimiter(clock) : UNLIMITED
  const planning = createPlanning({ ...acts, captured })
  const attendance = createAttendance({ ...acts, guesses, iceServers, sessions })
  const moderation = createModeration(acts)
  const talking = createTalking({ ...acts, chat, recordings })
  const watching = createWatching({ ...acts, engine, rooms, history, sessions })
  const overseeing = createOverseeing({ rooms, engine })
  const handlers = createHandlers({ media, chat, clock, attendance, moderation, planning })
  const budget = rateLimits ? BUDGET : undefined
  const desk = { db, clock, log, rooms, entrance, departure, handlers, chat, captured, serial, node, timings, budget }
  const signalling = createSignalling(desk)

  /** A place whose time is over; when it is not, because somebody joined by REST meanwhile, it is looked at again later. */
  async function lapse(meetingId: number, accountId: number): Promise<boolean> {
    const isOver = await attendance.lapse(meetingId, accountId)
    const room = rooms.get(meetingId)
    const seat = room?.seats.get(accountId)
    if (!isOver && room !== undefined && seat !== undefined && seat.socket === null) departure.armGrace(room, seat)
    return isOver
  }

  const keeper = createKeeper({ db, bus, clock, log, rooms, live, history, sessions, node, timings, lapse })
  const reconcile = createReconcile({ db, clock, rooms, live, departure })
  const elsewhere = followElsewhere({ bus, log, rooms, live, reconcile })
  const endings: (() => void)[] = []

  async function renewProfile({ accountId }: { accountId: number }): Promise<void> {
    const seats = [...rooms.all()].flatMap((room) => room.seats.get(accountId) ?? [])
    if (seats.length === 0) return
    const account = await accounts.byId(accountId)
    if (account === undefined) return
    const { login, displayName, avatarUrl } = account
    for (const seat of seats) seat.profile = { login, displayName, avatarUrl }
  }

  return {
    planning,
    attendance,
    moderation,
    talking,
    watching,
    overseeing,
    signalling,
    /** Tells a meeting's room of recordings and captions. */
    announce: live.announce,
    /** Looks accounts up for whoever shows members and messages. */
    accountsById: (ids: readonly number[]) => accounts.byIds([...new Set(ids)]),

    /** Forgets old signalling now instead of within the hour. */
    prune: keeper.prune,

    /** Finds what was left by the process before, follows the engine, and begins the rounds. */
    async start(): Promise<void> {
      endings.push(followEngine({ engine, rooms, media, log }))
      endings.push(bus.subscribe('accounts.account.changed', renewProfile), elsewhere.start())
      endings.push(bus.subscribe('rooms.message.changed', chat.heard))
      await keeper.start()
    },

    /** Places stay in the database for the next process; call it after the sockets were closed. */
    async stop(): Promise<void> {
      for (const end of endings) end()
      departure.abandonAll()
      // What closing sockets still have to write.
      await Promise.all([...rooms.all()].map((room) => serial.run(room.meetingId, async () => {})))
      await sessions.stop()
      await keeper.stop()
      await history.stop()
    },

    stats(): MeetingsNumbers {
      const numbers = rooms.numbers()
      return {
        rooms: numbers.length,
        seats: numbers.reduce((sum, room) => sum + room.seats, 0),
        connections: numbers.reduce((sum, room) => sum + room.connections, 0),
        ...signalling.counters(),
        historyDropped: history.dropped(),
      }
    },
  }
}

const UNLIMITED = {
  use: (_key: string, limit: number) => ({ allowed: true, limit, remaining: limit, resetSeconds: 1 }),
}
