import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createBus } from '#kernel/bus/bus.ts'
import { createFilms } from '#adapters/compositor/films.ts'
import { createProber } from '#adapters/ffmpeg/prober.ts'
import { createFfmpeg } from '#adapters/ffmpeg/run.ts'
import { createToolFinder } from '#adapters/ffmpeg/tools.ts'
import { createTrackWriters } from '#adapters/ffmpeg/track-writer.ts'
import { pictures } from '#adapters/pictures/pictures.ts'
import { sniffer } from '#adapters/storage-fs/sniffer.ts'
import { createFileStorage } from '#adapters/storage-fs/storage-fs.ts'
import type { Events } from '#contracts/events.ts'
import { createEmptyRooms } from '#domains/media/empty-rooms.ts'
import { createLibrary } from '#domains/media/library.ts'
import { createRecordings } from '#domains/media/recording/recordings.ts'
import type { MediaEngine } from '#domains/meetings/media-engine.ts'
import { createJobs } from '#kernel/jobs/jobs.ts'
import { silentLog } from '#kernel/log.ts'
import type { Database } from '#kernel/db/database.ts'

const GIB = 1024 ** 3

/** An account and a meeting of theirs. */
export async function newMeeting(db: Database): Promise<{ accountId: number; meetingId: number }> {
  const unique = `a${Math.random()}`
  const [account] = await db.query<{ id: number }>(
    `INSERT INTO accounts (email, login, display_name, password_hash, api_key_hash, api_key_sealed, time_zone)
     VALUES ($1, $1, '陳怡君', '', $2, '', 'UTC') RETURNING id`,
    [unique, Buffer.from(unique)],
  )
  const accountId = account?.id ?? 0
  const [meeting] = await db.query<{ id: number }>(
    `INSERT INTO meetings (creator_id, title, start_time, end_time, max_participants, meeting_type, enable_recording,
       enable_chat, enable_screen_share, enable_waiting_room, mute_on_join, created_at, updated_at)
     VALUES ($1, '週會', now(), now() + interval '1 hour', 10, 'video', true, true, true, false, false, now(), now()) RETURNING id`,
    [accountId],
  )
  return { accountId, meetingId: meeting?.id ?? 0 }
}

/** A recording as a server that died left it, of a new meeting: its row, and the folder its tracks belong in. */
export async function layRecording(
  db: Database,
  recording: { folder: string; id: string; layout: 'grid' | 'speaker'; quality: 'low' | 'medium' },
): Promise<{ accountId: number; meetingId: number; own: string }> {
  const { folder, id, layout, quality } = recording
  const made = await newMeeting(db)
  const own = join(folder, 'recordings', id)
  await mkdir(own, { recursive: true })
  await db.query(
    `INSERT INTO recordings (id, meeting_id, account_id, format, layout, quality, node)
     VALUES ($1, $2, $3, 'mp4', $4, $5, 'test')`,
    [id, made.meetingId, made.accountId, layout, quality],
  )
  return { ...made, own }
}

/** Recording as the product wires it, over `engine`, with files in `folder`; what was announced can be looked at. */
export async function startRecorder(parts: {
  db: Database
  folder: string
  engine: MediaEngine
  /** After how long an empty room ends its recording. */
  emptyMs?: number
}) {
  const { db, folder, engine, emptyMs = 60_000 } = parts
  const log = silentLog
  const announced: { recording: boolean }[] = []
  const bus = await createBus<Events>({ log })
  const jobs = createJobs({ db, bus, log, times: { poll: 200, lease: 1_000, heartbeat: 300 } })
  const tools = createToolFinder({ ffmpeg: undefined, ffprobe: undefined, memoryMiB: 8192 })
  const storage = createFileStorage(folder)
  const prober = createProber(tools)
  const all = await db.query<{ id: number }>('SELECT id FROM meetings')
  const meetings = { attended: async () => all.map(({ id }) => id), attends: async () => true }
  const perKind = { video: GIB, audio: GIB, image: GIB, document: GIB }
  const library = createLibrary({
    db,
    log,
    storage,
    sniffer,
    pictures,
    prober,
    meetings,
    limits: { perKind, quota: GIB },
    wantPreview: async () => {},
  })
  const recordings = createRecordings({
    db,
    bus,
    jobs,
    log,
    storage,
    library,
    ffmpeg: createFfmpeg(tools),
    films: createFilms(tools),
    prober,
    meetings,
    emptyRooms: createEmptyRooms(engine, emptyMs),
    engine,
    writers: createTrackWriters(tools, log),
    node: 'test',
    announce: (_meeting, state) => void announced.push(state),
    titleOf: async () => '週會',
    nameOf: async () => '陳怡君',
  })
  await storage.start()
  await recordings.start()
  await jobs.start()
  const stop = async (): Promise<void> => {
    await recordings.stop()
    await jobs.stop()
    await bus.close()
  }
  return { recordings, library, storage, bus, announced, stop }
}
