import type { Static } from 'typebox'
import { deleteRecording, listRecordings, recordingInfo, startRecording, stopRecording } from '#contracts/recording.ts'
import type { Recording as RecordingSchema } from '#contracts/recording.ts'
import type { Recording } from '#domains/media/recording/recording.ts'
import type { MeetingRecordings } from '#domains/media/recording/recordings.ts'
import type { Meetings } from '#domains/meetings/meetings.ts'
import type { Jobs } from '#kernel/jobs/jobs.ts'
import { actorOf } from './meetings-views.ts'
import { MEETING_WORDS } from './meetings-words.ts'
import { MEDIA_WORDS } from './media-words.ts'
import type { Mount, Speech } from './mount.ts'
import { rfc3339 } from './time.ts'
import { invalidRequest } from './validation.ts'

const speech: Speech = { words: { ...MEDIA_WORDS, ...MEETING_WORDS } }

/** Recordings by their own routes (document 5, recording service); the meeting decides who may start and stop. */
export function mountRecording(
  mount: Mount,
  parts: {
    recordings: MeetingRecordings
    meetings: Pick<Meetings, 'talking'>
    jobs: Pick<Jobs, 'get'>
    /** The title of a meeting, and how people in it are called. */
    titleOf: (meetingId: number) => Promise<string>
    nameOf: (accountId: number) => Promise<string>
  },
): void {
  const { recordings, meetings, jobs, titleOf, nameOf } = parts
  const view = async (recording: Recording) => {
    const [title, name] = await Promise.all([titleOf(recording.meetingId), nameOf(recording.accountId)])
    return recordingView(recording, { title, name })
  }

  mount(
    startRecording,
    async ({ account, body }) => {
      const { meeting_id: meetingId, ...wishes } = body
      const { recordingId } = await meetings.talking.startRecording(actorOf(account), meetingId, wishes)
      return await view(await recordings.see(account.accountId, recordingId))
    },
    speech,
  )

  mount(
    stopRecording,
    async ({ account, body }) => {
      const { recording_id: id } = body
      const meetingId = id === undefined ? body.meeting_id : (await recordings.see(account.accountId, id)).meetingId
      if (meetingId === undefined) {
        throw invalidRequest({
          in: 'body',
          field: 'recording_id',
          fields: ['recording_id'],
          reason: 'required',
          details: 'recording_id or meeting_id is required',
        })
      }
      const { recordingId } = await meetings.talking.stopRecording(actorOf(account), meetingId, id)
      return await view(await recordings.see(account.accountId, recordingId))
    },
    speech,
  )

  mount(
    listRecordings,
    async ({ account, query }) => {
      const { page = 1, page_size: pageSize = 20, meeting_id: meetingId, status } = query
      const found = await recordings.list(account.accountId, { meetingId, status, page, pageSize })
      return {
        recordings: await Promise.all(found.recordings.map(view)),
        total: found.total,
        page,
        page_size: pageSize,
      }
    },
    speech,
  )

  mount(
    recordingInfo,
    async ({ account, params }) => {
      const recording = await recordings.see(account.accountId, params.id)
      const [tracks, job, shown] = await Promise.all([
        recordings.tracks(recording.id),
        recording.jobId === null ? undefined : jobs.get(recording.jobId),
        view(recording),
      ])
      const people = [...new Set(tracks.map((one) => one.accountId))]
      const names = new Map(await Promise.all(people.map(async (id) => [id, await nameOf(id)] as const)))
      return {
        ...shown,
        progress: recording.status === 'completed' ? 100 : (job?.progress ?? 0),
        tracks: tracks.map((one) => ({
          user_id: one.accountId,
          user_name: names.get(one.accountId) ?? String(one.accountId),
          kind: one.kind,
          source: one.source,
          file_id: one.fileId,
        })),
      }
    },
    speech,
  )

  mount(
    deleteRecording,
    async ({ account, params }) => {
      await recordings.remove(account.accountId, params.id)
      return null
    },
    speech,
  )
}

function recordingView(recording: Recording, known: { title: string; name: string }): Static<typeof RecordingSchema> {
  return {
    recording_id: recording.id,
    meeting_id: recording.meetingId,
    meeting_title: known.title,
    user_id: recording.accountId,
    user_name: known.name,
    status: recording.status,
    format: recording.format,
    layout: recording.layout,
    quality: recording.quality,
    file_id: recording.fileId,
    file_url: recording.fileId === null ? null : `/api/v1/media/download/${recording.fileId}`,
    duration: recording.duration,
    size: recording.size,
    error: recording.error,
    started_at: rfc3339(recording.startedAt),
    stopped_at: recording.stoppedAt === null ? null : rfc3339(recording.stoppedAt),
    film_started_at: recording.filmStartedAt === null ? null : rfc3339(recording.filmStartedAt),
    created_at: rfc3339(recording.startedAt),
  }
}
