import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import { SqlState, violates } from '#kernel/db/failures.ts'
import { Fault } from '#kernel/fault.ts'
import { randomToken } from '#kernel/ids.ts'
import type { EmptyRooms } from '../empty-rooms.ts'
import type { Broadcasts, LiveNumbers, MeetingAccess } from '../ports.ts'
import { CANVAS } from '../recording/recording.ts'
import type { DirectorParts } from './director.ts'
import { checkRtmpTarget } from './rtmp-target.ts'
import { runStream } from './run-stream.ts'
import type { RunningStream } from './run-stream.ts'
import { BITRATES } from './stream.ts'
import type { Stream, StreamNumbers, StreamStatus, StreamWishes } from './stream.ts'
import { streamStore } from './stream-store.ts'

export interface StreamsParts extends DirectorParts {
  readonly db: Database
  readonly bus: Bus<Events>
  readonly broadcasts: Broadcasts
  readonly meetings: MeetingAccess
  readonly emptyRooms: EmptyRooms
  /** Where segments are written, a folder per stream. */
  readonly folder: string
  /** This machine's name among those that share the database. */
  readonly node: string
  readonly settings: { readonly allowPrivate: boolean; readonly most: number }
  /** Tells everybody in the meeting. */
  readonly announce: (
    meetingId: number,
    state: { stream_id: string; stream_type: 'rtmp' | 'hls'; status: StreamStatus; by: number | null },
  ) => void
}

const ID_CHARACTERS = 22
/** Whoever watches is some seconds behind, and sees the end. */
const KEEP_SEGMENTS_MS = 60_000

const missing = (): Fault => new Fault('missing', 'media.stream-missing', 'There is no such stream')

interface Running {
  readonly stream: Stream
  readonly run: RunningStream
  readonly unwatch: () => void
  numbers: LiveNumbers
}

export type Streams = ReturnType<typeof createStreams>

/** Live streams of meetings. Who may start and stop them was decided by the meeting. */
export function createStreams(parts: StreamsParts) {
  const { db, bus, meetings, folder, node, settings, announce, log } = parts
  const running = new Map<string, Running>()
  const leftovers = new Map<string, NodeJS.Timeout>()
  const unsubscribes: (() => void)[] = []

  /** The row, with what is measured at present. */
  const fresh = (stream: Stream): Stream => {
    const now = running.get(stream.id)?.numbers
    return now === undefined ? stream : { ...stream, ...now }
  }

  async function find(id: string): Promise<Stream> {
    const stream = await streamStore.find(db, id)
    if (stream === undefined) throw missing()
    return fresh(stream)
  }

  function hear(id: string, numbers: LiveNumbers): void {
    const one = running.get(id)
    if (one === undefined) return
    const before = one.numbers
    one.numbers = numbers
    if (numbers.status === 'failed') return finishLater(id, 'failed', numbers.error)
    if (numbers.status === before.status && numbers.error === before.error) return
    streamStore
      .setStatus(db, id, numbers.status, numbers.error)
      .catch((error: unknown) => log.error({ err: error, streamId: id }, 'a stream’s status was not kept'))
    if (numbers.status === before.status) return
    const { meetingId, type } = one.stream
    log.info({ streamId: id, meetingId, status: numbers.status, error: numbers.error }, 'stream')
    announce(meetingId, { stream_id: id, stream_type: type, status: numbers.status, by: null })
  }

  /** Ends a stream; a second call while the first goes on does nothing. */
  async function finish(id: string, end: { status: 'ended' | 'failed'; error: string | null; by: number | null }) {
    const one = running.get(id)
    if (one === undefined) return
    running.delete(id)
    one.unwatch()
    const { stream, numbers } = one
    await one.run.end().catch((error: unknown) => log.error({ err: error, streamId: id }, 'a stream did not end well'))
    await streamStore.end(db, id, { ...measured(numbers), status: end.status, error: end.error })
    if (stream.type === 'hls') clearLater(id)
    announce(stream.meetingId, { stream_id: id, stream_type: stream.type, status: end.status, by: end.by })
  }

  function finishLater(id: string, status: 'ended' | 'failed', error: string | null): void {
    finish(id, { status, error, by: null }).catch((cause: unknown) =>
      log.error({ err: cause, streamId: id }, 'a stream could not be ended'),
    )
  }

  function clearLater(id: string): void {
    const timer = setTimeout(() => {
      leftovers.delete(id)
      void rm(join(folder, id), { recursive: true, force: true }).catch(() => {})
    }, KEEP_SEGMENTS_MS)
    timer.unref()
    leftovers.set(id, timer)
  }

  const endAllOf = async ({ meetingId }: { meetingId: number }): Promise<void> => {
    const ids = [...running.values()].filter((one) => one.stream.meetingId === meetingId).map((one) => one.stream.id)
    await Promise.all(ids.map((id) => finish(id, { status: 'ended', error: null, by: null })))
  }

  return {
    /**
     * Begins to stream a meeting.
     * @throws Fault `media.rtmp-url`, `outbound.refused`, `media.already-streaming`, `media.too-many-streams`,
     * `media.ffmpeg-missing`, `media.encoder-missing`
     */
    async start(
      accountId: number,
      wishes: { meetingId: number; type: StreamWishes['type']; url?: string | undefined } & Partial<StreamWishes>,
    ): Promise<Stream> {
      const { meetingId, type, layout = 'grid', quality = 'medium' } = wishes
      const target = type === 'rtmp' ? await checkRtmpTarget(wishes.url, settings.allowPrivate) : undefined
      if (running.size >= settings.most) {
        throw new Fault('unavailable', 'media.too-many-streams', `No more than ${settings.most} streams run at once`)
      }
      const id = randomToken(ID_CHARACTERS)
      const rtmpTarget = target?.shown ?? null
      try {
        await streamStore.insert(db, { id, meetingId, accountId, type, layout, quality, rtmpTarget, node })
      } catch (error) {
        if (!violates(error, SqlState.uniqueViolation, 'streams_running')) throw error
        throw new Fault('conflict', 'media.already-streaming', 'The meeting is being streamed')
      }
      try {
        const into = join(folder, id)
        if (type === 'hls') await mkdir(into, { recursive: true, mode: 0o700 })
        const { allowPrivate } = settings
        const output =
          target === undefined
            ? ({ type: 'hls', folder: into } as const)
            : ({ type: 'rtmp', url: target.url, allowPrivate } as const)
        const canvas = CANVAS[quality]
        const stream = await find(id)
        const run = await runStream(
          parts,
          { meetingId, canvas, layout, videoBitrate: BITRATES[quality], output },
          (numbers) => hear(id, numbers),
        )
        const unwatch = parts.emptyRooms.watch(meetingId, () => finishLater(id, 'ended', 'Everybody had left'))
        running.set(id, { stream, run, unwatch, numbers: { ...NOTHING, status: 'starting', error: null } })
        announce(meetingId, { stream_id: id, stream_type: type, status: 'starting', by: accountId })
        log.info({ streamId: id, meetingId, type, target: rtmpTarget }, 'stream started')
        return stream
      } catch (error) {
        await streamStore.remove(db, id)
        await rm(join(folder, id), { recursive: true, force: true })
        throw error
      }
    },

    /** Ends a stream, or answers one that is over as it ended. @throws Fault `media.stream-missing` */
    async stop(accountId: number, id: string): Promise<Stream> {
      await finish(id, { status: 'ended', error: null, by: accountId })
      return await find(id)
    },

    /** Of its picture, in pixels. */
    sizeOf: ({ quality }: Stream): { width: number; height: number } => CANVAS[quality],

    /** The streams of a meeting that run, newest first. */
    running: (meetingId: number): Stream[] =>
      [...running.values()]
        .filter((one) => one.stream.meetingId === meetingId)
        .map((one) => one.stream)
        .toReversed(),

    /** The streams of a meeting that run anywhere, the oldest first. */
    underWay: (meetingId: number): Promise<Stream[]> => streamStore.underWay(db, meetingId),

    /** The stream, where the account took part in its meeting. @throws Fault `media.stream-missing` */
    async see(accountId: number, id: string): Promise<Stream> {
      const stream = await find(id)
      if (stream.accountId === accountId || (await meetings.attends(accountId, stream.meetingId))) return stream
      throw missing()
    },

    /** The streams of a meeting one took part in, newest first. @throws Fault `meetings.missing` */
    async list(accountId: number, meetingId: number): Promise<Stream[]> {
      if (!(await meetings.attends(accountId, meetingId))) {
        throw new Fault('missing', 'meetings.missing', 'There is no such meeting')
      }
      return (await streamStore.ofMeeting(db, meetingId)).map(fresh)
    },

    /** A stream with its meeting's title, for whoever has its link. @throws Fault `media.stream-missing` */
    async seeByLink(id: string): Promise<{ stream: Stream; title: string }> {
      const stream = await find(id)
      if (stream.type !== 'hls') throw missing()
      return { stream, title: await parts.titleOf(stream.meetingId) }
    },

    /** A playlist or a segment; `file` names nothing outside the stream's folder. @throws Fault `media.stream-missing` */
    async read(id: string, file: string): Promise<{ size: number; content: Readable }> {
      const handle = await open(join(folder, id, file)).catch(() => undefined)
      if (handle === undefined) throw missing()
      const { size } = await handle.stat()
      // A playlist is replaced while it is read; what was opened stays whole.
      return { size, content: handle.createReadStream({ start: 0, end: Math.max(0, size - 1) }) }
    },

    /** Ends what an earlier process left, and follows meetings to their end. */
    async begin(): Promise<void> {
      await rm(folder, { recursive: true, force: true })
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const left = await streamStore.endAbandoned(db, node, 'The server was started anew')
      if (left > 0) log.warn({ streams: left }, 'streams ended with the process that sent them')
      for (const event of ['ended', 'cancelled', 'deleted'] as const) {
        unsubscribes.push(bus.subscribe(`meetings.meeting.${event}`, endAllOf))
      }
    },

    /** Ends all of them. */
    async close(): Promise<void> {
      for (const unsubscribe of unsubscribes) unsubscribe()
      const end = { status: 'ended', error: 'The server was stopped', by: null } as const
      await Promise.all([...running.keys()].map((id) => finish(id, end)))
      for (const timer of leftovers.values()) clearTimeout(timer)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const NOTHING: StreamNumbers = { bitrate: 0, frameRate: 0, droppedFrames: 0, reconnects: 0 }

function measured({ bitrate, frameRate, droppedFrames, reconnects }: LiveNumbers): StreamNumbers {
  return { bitrate, frameRate, droppedFrames, reconnects }
}
