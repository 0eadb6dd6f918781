import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { Events } from '#contracts/events.ts'
import type { Streams } from '#domains/media/streaming/streams.ts'
import { createBus } from '#kernel/bus/bus.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import { silentLog } from '#kernel/log.ts'
import { createTestDatabase } from './database.ts'
import type { TestDatabase } from './database.ts'
import { newMeeting } from './recorder.ts'
import { createSendingEngine } from './sending-engine.ts'
import type { SendingEngine } from './sending-engine.ts'
import { startStreamer } from './streamer.ts'

/** A new meeting before each test of a file, with an engine that sends plain RTP and live streams over it. */
export interface StreamedMeeting {
  /** Where the streams of this file are, under `streams`. */
  readonly folder: string
  readonly db: TestDatabase
  readonly bus: Bus<Events>
  readonly room: SendingEngine
  streams: Streams
  readonly meetingId: number
  readonly accountId: number
  /** What was announced in the meeting, oldest first. */
  readonly announced: { status: string }[]
  /** Another manager of streams over the same data, as a process started anew has it. */
  restart(): Streams
  /** Waits until a stream's status is this. */
  becomes(id: string, status: string): Promise<void>
}

/** Call it at the top of a test file: what it answers is filled in before each test. */
export function useStreamedMeeting(): StreamedMeeting {
  const announced: { status: string }[] = []
  const meeting = {
    announced,
    restart: () =>
      startStreamer({
        db: meeting.db,
        bus: meeting.bus,
        engine: meeting.room.engine,
        folder: join(meeting.folder, 'streams'),
        meetingId: meeting.meetingId,
        announce: (state) => void announced.push(state),
      }),
    becomes: (id, status) =>
      expect
        .poll(async () => (await meeting.streams.see(meeting.accountId, id)).status, { timeout: 40_000 })
        .toBe(status),
  } as { -readonly [Key in keyof StreamedMeeting]: StreamedMeeting[Key] }

  beforeAll(async () => {
    meeting.folder = await mkdtemp(join(tmpdir(), 'confab-streaming-'))
    meeting.db = await createTestDatabase()
  })
  beforeEach(async () => {
    Object.assign(meeting, await newMeeting(meeting.db))
    meeting.bus = await createBus<Events>({ log: silentLog })
    meeting.room = createSendingEngine(() => meeting.meetingId)
    announced.length = 0
    meeting.streams = meeting.restart()
    await meeting.streams.begin()
  })
  afterEach(async () => {
    await meeting.streams.close()
    meeting.room.close()
    await meeting.bus.close()
  })
  afterAll(async () => {
    await meeting.db.close()
    await rm(meeting.folder, { recursive: true, force: true })
  })
  return meeting
}
