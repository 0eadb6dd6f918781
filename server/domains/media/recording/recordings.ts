import type { Events } from '#contracts/events.ts'
import type { Recordings as RecordingsPort } from '#domains/meetings/ports.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import { SqlState, violates } from '#kernel/db/failures.ts'
import { Fault } from '#kernel/fault.ts'
import { randomToken } from '#kernel/ids.ts'
import type { Jobs } from '#kernel/jobs/jobs.ts'
import type { EmptyRooms } from '../empty-rooms.ts'
import type { MeetingAccess } from '../ports.ts'
import { startCapture } from './capture.ts'
import type { Capture, CaptureParts } from './capture.ts'
import { finishRecording } from './finish.ts'
import type { FinishParts } from './finish.ts'
import type { Recording, RecordingStatus } from './recording.ts'
import { recordingStore } from './recording-store.ts'

export interface RecordingsParts extends CaptureParts, FinishParts {
  readonly bus: Bus<Events>
  readonly jobs: Jobs
  readonly meetings: MeetingAccess
  readonly emptyRooms: EmptyRooms
  /** This machine's name among those that share the database. */
  readonly node: string
  /** Tells everybody in the meeting. */
  readonly announce: (
    meetingId: number,
    state: { recording: boolean; recording_id: string | null; by: number | null },
  ) => void
}

const KIND = 'media.compose'
const COMPOSE_MS = 6 * 60 * 60_000
const RETRIES = 2
const ID_CHARACTERS = 22
const LOOK_AT_DISK_MS = 5_000

const missing = (): Fault => new Fault('missing', 'media.recording-missing', 'There is no such recording')

export type MeetingRecordings = ReturnType<typeof createRecordings>

/**
 * Recording meetings: tracks are written while the meeting goes on, one file is made of them afterwards. Who may was
 * decided by the meeting.
 */
export function createRecordings(parts: RecordingsParts) {
  const { db, bus, jobs, storage, ffmpeg, meetings, node, announce, log } = parts
  const captures = new Map<string, { readonly capture: Capture; unwatch(): void }>()
  const unsubscribes: (() => void)[] = []

  jobs.define<{ recordingId: string }, { fileId: string } | null>(
    KIND,
    { timeoutMs: COMPOSE_MS, retries: RETRIES },
    async ({ jobId, input, attempt, signal, progress }) => {
      const recording = await recordingStore.find(db, input.recordingId)
      if (recording === undefined || recording.status === 'completed') return null
      try {
        return { fileId: await finishRecording(parts, recording, { jobId, signal, progress }) }
      } catch (error) {
        signal.throwIfAborted()
        // What time may cure (a killed process, a full disk) is tried again, and has not failed before the last try.
        const isHopeless = error instanceof Fault && error.kind !== 'unavailable' && error.kind !== 'busy'
        const why = error instanceof Fault ? error.message : 'The film could not be made'
        if (isHopeless || attempt > RETRIES) await recordingStore.fail(db, recording.id, why)
        throw error
      }
    },
  )

  /** Ends the writing and has the file made. */
  async function finish(recording: Recording, by: number | null): Promise<void> {
    const running = captures.get(recording.id)
    captures.delete(recording.id)
    running?.unwatch()
    await running?.capture.end()
    await db.transaction(async (tx) => {
      const input = { recordingId: recording.id }
      const jobId = await jobs.enqueue(KIND, input, { tx, accountId: recording.accountId, key: recording.id })
      await recordingStore.stop(tx, recording.id, jobId)
    })
    announce(recording.meetingId, { recording: false, recording_id: recording.id, by })
  }

  async function finishRunning(meetingId: number): Promise<void> {
    const running = await recordingStore.running(db, meetingId)
    if (running !== undefined && captures.has(running.id)) await finish(running, null)
  }

  /** Ends what goes on in a room that everybody left, and what the disk has no room for. */
  function watch(id: string, meetingId: number): () => void {
    const endFor = (why: string): void => {
      log.warn({ recordingId: id, meetingId, why }, 'a recording is ended')
      finishRunning(meetingId).catch((error: unknown) => log.error({ err: error }, 'a recording could not be ended'))
    }
    const unwatch = parts.emptyRooms.watch(meetingId, () => endFor('everybody left'))
    const look = (): void => void storage.demandRoom().catch(() => endFor('the disk is full'))
    const timer = setInterval(look, LOOK_AT_DISK_MS)
    timer.unref()
    return () => {
      unwatch()
      clearInterval(timer)
    }
  }

  /** A meeting that was deleted takes its row along; what was written is removed, too. */
  async function dropDeleted(): Promise<void> {
    for (const [id, { capture, unwatch }] of captures) {
      if ((await recordingStore.find(db, id)) !== undefined) continue
      captures.delete(id)
      unwatch()
      await capture.end()
      await storage.removeWorkshop(id)
    }
  }

  const port: Omit<RecordingsPort, 'captured'> = {
    /** @throws Fault `media.ffmpeg-missing`, `media.already-recording` */
    start: async ({ meetingId, accountId, wishes = {} }) => {
      await ffmpeg.features()
      const id = randomToken(ID_CHARACTERS)
      const { format = 'mp4', layout = 'grid', quality = 'medium' } = wishes
      try {
        await recordingStore.insert(db, { id, meetingId, accountId, format, layout, quality, node })
      } catch (error) {
        if (!violates(error, SqlState.uniqueViolation, 'recordings_running')) throw error
        throw new Fault('conflict', 'media.already-recording', 'The meeting is being recorded')
      }
      try {
        const { folder } = await storage.workshop(id)
        const capture = await startCapture(parts, { recordingId: id, meetingId, folder })
        captures.set(id, { capture, unwatch: watch(id, meetingId) })
      } catch (error) {
        await recordingStore.remove(db, id)
        throw error
      }
      announce(meetingId, { recording: true, recording_id: id, by: accountId })
      return { recordingId: id }
    },

    /** @throws Fault `media.not-recording` */
    stop: async ({ meetingId, accountId, recordingId }) => {
      const running = await recordingStore.running(db, meetingId)
      if (running === undefined || running.id !== (recordingId ?? running.id))
        throw new Fault('conflict', 'media.not-recording', 'The meeting is not being recorded')
      await finish(running, accountId)
      return { recordingId: running.id }
    },

    list: async (meetingId) => {
      const { recordings } = await recordingStore.list(db, { meetingIds: [meetingId], offset: 0, limit: 100 })
      return recordings.map((one) => ({
        recordingId: one.id,
        meetingId,
        status: one.status,
        fileUrl: fileUrlOf(one),
        durationSeconds: one.duration,
        size: one.size,
        createdAt: one.startedAt,
      }))
    },
  }

  async function see(accountId: number, id: string): Promise<Recording> {
    const recording = await recordingStore.find(db, id)
    if (recording === undefined) throw missing()
    const isTheirs = recording.accountId === accountId || (await meetings.attends(accountId, recording.meetingId))
    if (!isTheirs) throw missing()
    return recording
  }

  return {
    port,

    /** The recording under way in a meeting, whichever process writes it. */
    running: async (meetingId: number): Promise<string | null> =>
      (await recordingStore.running(db, meetingId))?.id ?? null,

    /** The recording, where the account took part. @throws Fault `media.recording-missing` */
    see,

    /** Everybody's sound as files of their own. */
    tracks: (id: string) => recordingStore.tracks(db, id),

    async list(
      accountId: number,
      filter: { meetingId?: number | undefined; status?: RecordingStatus | undefined; page: number; pageSize: number },
    ): Promise<{ recordings: Recording[]; total: number }> {
      const attended = await meetings.attended(accountId)
      const meetingIds = filter.meetingId === undefined ? attended : attended.filter((id) => id === filter.meetingId)
      const { page, pageSize, status } = filter
      return await recordingStore.list(db, { meetingIds, status, offset: (page - 1) * pageSize, limit: pageSize })
    },

    /** Removes a recording with its files; whoever made it may. @throws Fault `media.recording-missing`, `media.forbidden`, `media.still-recording` */
    async remove(accountId: number, id: string): Promise<void> {
      const recording = await see(accountId, id)
      if (recording.accountId !== accountId) {
        throw new Fault('forbidden', 'media.forbidden', 'This recording belongs to somebody else')
      }
      if (recording.status === 'recording') {
        throw new Fault('conflict', 'media.still-recording', 'Stop the recording first')
      }
      if (recording.jobId !== null) await jobs.cancel(recording.jobId)
      const voices = await recordingStore.tracks(db, id)
      await recordingStore.remove(db, id)
      const fileIds = [recording.fileId, ...voices.map((one) => one.fileId)]
      for (const fileId of fileIds) if (fileId !== null) await parts.library.remove(accountId, fileId)
      await storage.removeWorkshop(id)
    },

    /** Finishes what a killed process left, and follows meetings to their end. */
    async start(): Promise<void> {
      for (const event of ['ended', 'cancelled'] as const) {
        unsubscribes.push(bus.subscribe(`meetings.meeting.${event}`, ({ meetingId }) => finishRunning(meetingId)))
      }
      unsubscribes.push(bus.subscribe('meetings.meeting.deleted', dropDeleted))
      for (const left of await recordingStore.abandoned(db, node)) {
        log.warn({ recordingId: left.id }, 'a recording was left by a process that ended; it is finished now')
        await finish(left, null)
      }
    },

    /** Ends what is being written; the next start makes the files. */
    async stop(): Promise<void> {
      for (const unsubscribe of unsubscribes) unsubscribe()
      const ending = [...captures.values()].map(async ({ capture, unwatch }) => {
        unwatch()
        await capture.end()
      })
      await Promise.all(ending)
      captures.clear()
    },
  }
}

/** Where the composed file is downloaded; null before there is one. */
function fileUrlOf(recording: Pick<Recording, 'fileId'>): string | null {
  return recording.fileId === null ? null : `/api/v1/media/download/${recording.fileId}`
}
