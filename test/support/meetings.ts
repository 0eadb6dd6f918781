import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import { WebSocket } from 'ws'
import type { Events } from '#contracts/events.ts'
import type { ClientData, ClientFrameType, ServerData, ServerFrameType } from '#contracts/schemas/signaling.ts'
import type { Principal } from '#domains/identity/principal.ts'
import { createMeetingChat } from '#domains/rooms/meeting-chat.ts'
import { createMeetingRooms } from '#domains/rooms/meeting-rooms.ts'
import { createMessages } from '#domains/rooms/messages.ts'
import { createRooms } from '#domains/rooms/rooms.ts'
import { createLater } from '#server/composition/later.ts'
import { createMeetingPort } from '#server/composition/meeting-port.ts'
import type { MeetingsPort } from '#domains/meetings/for-others.ts'
import { createMeetings } from '#domains/meetings/meetings.ts'
import type { MeetingsParts } from '#domains/meetings/meetings.ts'
import type { Account } from '#domains/meetings/ports.ts'
import { createBus } from '#kernel/bus/bus.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import { createPostgresTransport } from '#kernel/bus/postgres-transport.ts'
import { systemClock } from '#kernel/clock.ts'
import { Fault } from '#kernel/fault.ts'
import { silentLog } from '#kernel/log.ts'
import type { Log } from '#kernel/log.ts'
import { createRateLimiter } from '#kernel/rate-limit.ts'
import { createHttpServer } from '#surfaces/http-server.ts'
import { serveSignaling } from '#surfaces/meetings-signaling.ts'
import { mountMeetings } from '#surfaces/meetings.ts'
import { createMount } from '#surfaces/mount.ts'
import { createSockets } from '#surfaces/realtime/sockets.ts'
import { createFakeMediaEngine } from '#test/fakes/media-engine.ts'
import { createTestDatabase } from './database.ts'
import type { TestDatabase } from './database.ts'

/** An account of a test: its id, and a token that only these tests understand. */
export interface Person {
  readonly id: number
  readonly token: string
  readonly login: string
}

/** What a test can say about the app. */
export interface MeetingsAppOptions extends Partial<
  Pick<MeetingsParts, 'timings' | 'recordings' | 'settings' | 'rateLimits' | 'clock'>
> {
  readonly log?: Log
  readonly allowedOrigins?: readonly string[]
  readonly pingMs?: number
  /** A database of a server before this one. */
  readonly db?: TestDatabase
  readonly routeLimits?: boolean
  /** One of several processes on one database, by this name. */
  readonly node?: string
}

/** The answer of a route in document 5's envelope. */
export interface Answer {
  readonly status: number
  readonly code: number
  readonly message: string
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it as they know it to be
  readonly data: any
  readonly headers: Readonly<Record<string, unknown>>
}

export type MeetingsApp = Awaited<ReturnType<typeof startMeetings>>

/** Meetings alone, on a real database and real sockets, with a media engine in memory and tokens that are account ids. */
export async function startMeetings(options: MeetingsAppOptions = {}) {
  const { log = silentLog, clock = systemClock } = options
  const db = options.db ?? (await createTestDatabase())
  const bus: Bus<Events> = await createBus<Events>({
    log,
    ...(options.node !== undefined && { transport: createPostgresTransport({ db, log }) }),
  })
  const engine = createFakeMediaEngine()
  const byId = async (id: number): Promise<Account | undefined> => (await accountsByIds(db, [id]))[0]
  const rooms = createRooms({ db, bus })
  const messages = createMessages({ db, bus, onMentions: () => {} })
  const laterMeetings = createLater<MeetingsPort>('meetings')
  const meetingRooms = createMeetingRooms({ db, rooms, meetings: laterMeetings.port })
  const meetings = createMeetings({
    db,
    bus,
    clock,
    log,
    engine,
    accounts: {
      byId,
      byIds: (ids) => accountsByIds(db, ids),
      byEmail: async () => undefined,
    },
    hasher: {
      hash: async (password) => `hash of ${password}`,
      verify: async (hash, password) => hash === `hash of ${password}`,
    },
    settings: options.settings ?? { stunUrls: [], turnUrls: [], turnSecret: undefined },
    rateLimits: options.rateLimits ?? true,
    node: options.node ?? 'test-node',
    chatRoom: createMeetingChat({ db, messages, meetingRooms }),
    ...(options.timings && { timings: options.timings }),
    ...(options.recordings && { recordings: options.recordings }),
  })
  laterMeetings.open(createMeetingPort({ db, meetings, directory: { byId } }))
  const http = createHttpServer({ log, trustedProxies: [] })
  const authenticate = async ({ bearer, apiKey }: { bearer?: string; apiKey?: string }): Promise<Principal> => {
    const id = Number(/^(?:token|occ)_(\d+)$/.exec(bearer ?? apiKey ?? '')?.[1])
    const [account] = Number.isInteger(id) ? await accountsByIds(db, [id]) : []
    if (account === undefined) throw new Fault('unauthenticated', 'auth.invalid', 'Not a token')
    return principalOf(account, apiKey === undefined ? `session-${id}` : null)
  }
  const { mount } = createMount(http, {
    authenticate,
    limiter: createRateLimiter(clock),
    rateLimits: options.routeLimits ?? false,
    checkResults: true,
  })
  mountMeetings(mount, { meetings, publicUrl: undefined })
  const sockets = createSockets({
    servers: [http.server],
    authenticate,
    bus,
    log,
    allowedOrigins: options.allowedOrigins ?? [],
    ...(options.pingMs && { pingMs: options.pingMs }),
  })
  serveSignaling(sockets, { meetings })
  await meetings.start()
  await http.listen({ host: '127.0.0.1', port: 0 })
  const { port } = http.server.address() as AddressInfo
  const clients = new Set<Client>()
  let people = 0

  /** Ends the server; `keepDatabase` for a restart. */
  async function close({ keepDatabase = false } = {}): Promise<void> {
    for (const client of clients) client.socket.terminate()
    await sockets.drain()
    await meetings.stop()
    await messages.close()
    await http.close()
    await bus.close()
    if (!keepDatabase) await db.close()
  }

  const app = {
    db,
    bus,
    engine,
    meetings,
    sockets,
    port,
    close,

    /** A new account. */
    async person(name?: string, role: 'user' | 'admin' = 'user'): Promise<Person> {
      const login = `${name ?? 'person'}-${++people}-${Math.random().toString(36).slice(2, 8)}`
      const [row] = await db.query<{ id: number }>(
        `INSERT INTO accounts (email, login, display_name, role, time_zone, password_hash, api_key_hash, api_key_sealed)
         VALUES ($1, $2, $3, $4, 'Asia/Taipei', '', decode(md5($2), 'hex'), '') RETURNING id`,
        [`${login}@example.com`, login, name ?? login, role],
      )
      const id = row?.id ?? 0
      return { id, token: `token_${id}`, login }
    },

    /** Calls a route as somebody, or as nobody. */
    async call(who: Person | null, method: string, path: string, body?: unknown): Promise<Answer> {
      const response = await http.inject({
        method: method as 'GET',
        url: `/api/v1${path}`,
        ...(who && { headers: { authorization: `Bearer ${who.token}` } }),
        ...(body !== undefined && { payload: body as object }),
      })
      const answer = response.json<{ code: number; message: string; data: unknown }>()
      return { status: response.statusCode, headers: response.headers, ...answer }
    },

    /** A meeting under way or to come, made by `host`. */
    async meeting(host: Person, fields: object = {}): Promise<number> {
      const answer = await app.call(host, 'POST', '/meetings', {
        title: 'Weekly',
        start_time: '2030-01-01T10:00:00Z',
        end_time: '2030-01-01T11:00:00Z',
        ...fields,
      })
      if (answer.status !== 201) throw new Error(`no meeting: ${JSON.stringify(answer)}`)
      return answer.data.meeting_id as number
    },

    /** Opens a signalling socket. */
    async open(who: Person, meetingId: number, query: Record<string, string | number> = {}): Promise<Client> {
      const search = new URLSearchParams({ meeting_id: String(meetingId), user_id: String(who.id) })
      for (const [name, value] of Object.entries(query)) search.set(name, String(value))
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/signaling?${search.toString()}`, ['bearer', who.token])
      const client = createClient(socket, meetingId)
      clients.add(client)
      await Promise.race([once(socket, 'open'), once(socket, 'error')])
      return client
    },

    /** Joins by REST and on a socket; resolves once inside. */
    async enter(
      who: Person,
      meetingId: number,
      data: ClientData['join'] = {},
    ): Promise<Client & { joined: ServerData['join'] }> {
      const answer = await app.call(who, 'POST', `/meetings/${meetingId}/join`, {})
      if (answer.status !== 200) throw new Error(`not joined: ${JSON.stringify(answer)}`)
      const client = await app.open(who, meetingId)
      client.send('join', data)
      const { data: joined } = await client.next('join')
      return Object.assign(client, { joined })
    },
  }
  return app
}

/** Looks again and again until it is as expected, patiently: the machine may be busy. */
export const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 10_000 })

/** A frame as it came. */
export interface Received<T extends ServerFrameType = ServerFrameType> {
  readonly type: T
  readonly from: number
  readonly to?: number
  readonly meeting_id: number
  readonly data: ServerData[T]
}

/** The client's end of a signalling socket; frames are kept until a test asks for them. */
export interface Client {
  readonly socket: WebSocket
  readonly frames: Received[]
  send<T extends ClientFrameType>(type: T, data?: ClientData[T], extra?: object): void
  /** Sends text as it is. */
  raw(text: string | Buffer): void
  /** The next frame of a type that was not asked for before, and that `test` accepts; others are skipped. */
  next<T extends ServerFrameType>(type: T, test?: (frame: Received<T>) => boolean): Promise<Received<T>>
  /** Sends a ping and waits for its answer: everything that came before it was handled. */
  settle(): Promise<void>
  /** The code the socket was closed with. */
  readonly closed: Promise<number>
}

const WAIT_MS = 10_000

function createClient(socket: WebSocket, meetingId: number): Client {
  const frames: Received[] = []
  const waiting = new Set<() => void>()
  const taken = new Set<Received>()
  socket.on('error', () => {})
  const closed = new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)))
  socket.on('message', (data) => {
    frames.push(JSON.parse((data as Buffer).toString('utf8')) as Received)
    for (const wake of waiting) wake()
  })
  let pings = 0
  const client: Client = {
    socket,
    frames,
    closed,
    send: (type, data, extra = {}) =>
      socket.send(JSON.stringify({ type, meeting_id: meetingId, data: data ?? {}, ...extra })),
    raw: (text) => socket.send(text),
    next: (type, test = () => true) =>
      new Promise((resolve, reject) => {
        const look = (): boolean => {
          const found = frames.find((frame) => frame.type === type && !taken.has(frame) && test(frame as never))
          if (found === undefined) return false
          taken.add(found)
          clearTimeout(timer)
          waiting.delete(look)
          resolve(found as never)
          return true
        }
        const timer = setTimeout(() => {
          waiting.delete(look)
          const seen = frames.map((frame) => `${frame.type} ${JSON.stringify(frame.data).slice(0, 120)}`).join('\n')
          reject(new Error(`no ${type} came; what came:\n${seen}`))
        }, WAIT_MS)
        if (!look()) waiting.add(look)
      }),
    settle: async () => {
      const mark = ++pings
      client.send('ping', { mark } as never)
      await client.next('pong', (frame) => frame.data['mark'] === mark)
    },
  }
  return client
}

async function accountsByIds(db: TestDatabase, ids: readonly number[]): Promise<Account[]> {
  return await db.query<Account>(
    `SELECT id, login, display_name AS "displayName", avatar_url AS "avatarUrl", email, status, role FROM accounts WHERE id = ANY($1::int[])`,
    [ids],
  )
}

function principalOf(account: Account, sessionId: string | null): Principal {
  return {
    accountId: account.id,
    uuid: '00000000-0000-4000-8000-000000000000',
    email: account.email,
    login: account.login,
    displayName: account.displayName,
    avatarUrl: account.avatarUrl,
    role: (account as Account & { role: 'user' | 'admin' }).role,
    plan: 'free',
    matrixId: null,
    timeZone: 'Asia/Taipei',
    locale: null,
    createdAt: new Date(0),
    updatedAt: new Date(0),
    sessionId,
  }
}
