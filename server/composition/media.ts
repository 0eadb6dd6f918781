import { hostname } from 'node:os'
import { join } from 'node:path'
import { createBroadcasts } from '#adapters/compositor/broadcasts.ts'
import { createFilms } from '#adapters/compositor/films.ts'
import { createProber } from '#adapters/ffmpeg/prober.ts'
import { createFfmpeg } from '#adapters/ffmpeg/run.ts'
import { createToolFinder } from '#adapters/ffmpeg/tools.ts'
import { createTrackWriters } from '#adapters/ffmpeg/track-writer.ts'
import { pictures } from '#adapters/pictures/pictures.ts'
import { sniffer } from '#adapters/storage-fs/sniffer.ts'
import { createFileStorage } from '#adapters/storage-fs/storage-fs.ts'
import type { Directory } from '#domains/identity/directory.ts'
import type { Identity } from '#domains/identity/identity.ts'
import type { Enhancing } from '#domains/ai/enhancement.ts'
import { createConversions } from '#domains/media/conversions/conversions.ts'
import { createEmptyRooms } from '#domains/media/empty-rooms.ts'
import { createLibrary } from '#domains/media/library.ts'
import type { Library } from '#domains/media/library.ts'
import { createLinks } from '#domains/media/links.ts'
import type { MeetingAccess } from '#domains/media/ports.ts'
import { createPreviews } from '#domains/media/previews.ts'
import { createRecordings } from '#domains/media/recording/recordings.ts'
import { createStreams } from '#domains/media/streaming/streams.ts'
import { meetingsStore } from '#domains/meetings/meetings-store.ts'
import type { Recordings } from '#domains/meetings/ports.ts'
import type { Database } from '#kernel/db/database.ts'
import { mountFfmpeg } from '#surfaces/ffmpeg.ts'
import { mountMedia } from '#surfaces/media.ts'
import { mountRecording } from '#surfaces/recording.ts'
import { mountStreaming } from '#surfaces/streaming.ts'
import type { MeetingsPart } from './meetings.ts'
import type { Base, Part } from './part.ts'

const MIB = 1024 * 1024
const SWEEP_EVERY_MS = 6 * 60 * 60_000

/** Where meetings ask for recordings; whoever records comes after them, because it needs their media engine. */
export interface RecordingDesk {
  readonly port: Recordings
  open(recordings: Recordings): void
}

/** A desk that is opened later in the wiring, before anything is served. */
export function createRecordingDesk(): RecordingDesk {
  let behind: Recordings | undefined
  const opened = (): Recordings => {
    if (behind === undefined) throw new Error('the recording desk was not opened')
    return behind
  }
  return {
    port: {
      start: (options) => opened().start(options),
      stop: (options) => opened().stop(options),
      list: (meetingId) => opened().list(meetingId),
      captured: (meetingId) => opened().captured(meetingId),
    },
    open: (recordings) => void (behind = recordings),
  }
}

/** Wires the library, conversions and recordings: files under `media` in the data directory, ffmpeg where there is one. */
export function composeMedia(
  base: Base,
  parts: {
    identity: Identity
    directory: Directory
    meetings: MeetingsPart
    recordingDesk: RecordingDesk
    enhancing: Pick<Enhancing, 'lookFor'>
  },
): Part & { library: Library } {
  const { identity, directory, meetings, recordingDesk, enhancing } = parts
  const { config, db, bus, jobs, secrets, clock, log, mount } = base
  const settings = config.media
  const tools = createToolFinder({
    ffmpeg: settings.ffmpeg,
    ffprobe: settings.ffprobe,
    memoryMiB: settings.jobMemoryMiB,
  })
  const ffmpeg = createFfmpeg(tools)
  const storage = createFileStorage(join(config.core.dataDir, 'media'))
  const previews = createPreviews({ db, jobs, storage, pictures, ffmpeg })
  const prober = createProber(tools)
  const access = meetingAccess(db)
  const library = createLibrary({
    db,
    log,
    storage,
    sniffer,
    pictures,
    prober,
    meetings: access,
    limits: {
      perKind: {
        video: settings.videoMiB * MIB,
        audio: settings.audioMiB * MIB,
        image: settings.imageMiB * MIB,
        document: settings.documentMiB * MIB,
      },
      quota: settings.quotaMiB * MIB,
    },
    wantPreview: (tx, fileId) => previews.want(tx, fileId),
  })
  const conversions = createConversions({
    db,
    jobs,
    storage,
    library,
    ffmpeg,
    concurrency: settings.jobs,
    timeoutMs: settings.jobMinutes * 60_000,
  })
  mountFfmpeg(mount, { conversions, enhancing })
  const titleOf = async (meetingId: number) => (await meetingsStore.find(db, meetingId))?.title ?? String(meetingId)
  const nameOf = async (accountId: number) => (await directory.byId(accountId))?.displayName ?? String(accountId)
  const { engine } = meetings
  const live = {
    db,
    bus,
    log,
    engine,
    meetings: access,
    emptyRooms: createEmptyRooms(engine, settings.emptyMinutes * 60_000),
    node: db.origin === 'embedded' ? 'this' : hostname(),
    titleOf,
    nameOf,
  }
  const recordings = createRecordings({
    ...live,
    jobs,
    storage,
    library,
    ffmpeg,
    films: createFilms(tools),
    prober,
    writers: createTrackWriters(tools, log),
    announce: (meetingId, state) => void meetings.meetings.announce(meetingId, 'recording-state', state),
  })
  const streams = createStreams({
    ...live,
    broadcasts: createBroadcasts(tools, log),
    folder: join(config.core.dataDir, 'media', 'streams'),
    settings: { allowPrivate: config.core.fetchPrivate, most: settings.streams },
    announce: (meetingId, state) => void meetings.meetings.announce(meetingId, 'streaming-state', state),
  })
  const links = createLinks(secrets.derive('media-links'), clock)
  mountStreaming(mount, { streams, meetings: meetings.meetings, links })
  recordingDesk.open({
    ...recordings.port,
    captured: async (meetingId) => {
      const [recordingId, under] = await Promise.all([recordings.running(meetingId), streams.underWay(meetingId)])
      return {
        recordingId,
        streams: under.map(({ id, type, status }) => ({ stream_id: id, stream_type: type, status })),
      }
    },
  })
  mountRecording(mount, { recordings, meetings: meetings.meetings, jobs, titleOf, nameOf })
  identity.onErasure((tx, accountId) => library.erase(tx, accountId))
  jobs.define('media.sweep', { everyMs: SWEEP_EVERY_MS }, async () => ({ removed: await library.sweep() }))
  mountMedia(mount, { library, links })
  return {
    library,
    start: async () => {
      await storage.start()
      await recordings.start()
      await streams.begin()
      await tools.find().then(
        ({ version, ffmpeg: path }) => log.info({ version, path }, 'ffmpeg found'),
        (error: Error) => log.warn({ err: error }, 'no ffmpeg: conversions, recordings and streams answer 503'),
      )
    },
    stop: async () => {
      await Promise.all([recordings.stop(), streams.close()])
    },
  }
}

/** Who took part in a meeting: whoever made it, was inside, or moderates it, and was not taken out. */
function meetingAccess(db: Database): MeetingAccess {
  const attended = `
    SELECT id FROM meetings WHERE creator_id = $1
    UNION SELECT meeting_id FROM meeting_participants
    WHERE account_id = $1 AND NOT removed AND (first_joined_at IS NOT NULL OR role <> 'participant')`
  return {
    attended: async (accountId) => (await db.prepared<{ id: number }>(attended, [accountId])).map(({ id }) => id),
    attends: async (accountId, meetingId) => {
      const rows = await db.prepared(`SELECT FROM (${attended}) AS own WHERE id = $2`, [accountId, meetingId])
      return rows.length > 0
    },
  }
}
