import { listChat, listRecordings, postChat, startRecording, stopRecording } from '#contracts/meetings.ts'
import type { MeetingSurfaceParts } from './meetings.ts'
import { actorOf, messageView } from './meetings-views.ts'
import { meetingSpeech } from './meetings-words.ts'
import type { Mount } from './mount.ts'
import { rfc3339 } from './time.ts'

/** A meeting's chat and its recordings. */
export function mountMeetingTalk(mount: Mount, { meetings }: MeetingSurfaceParts): void {
  const { talking } = meetings

  mount(
    listChat,
    async ({ account, params, query }) => {
      const { page = 1, page_size: pageSize = 50, before, after } = query
      const found = await talking.messages(actorOf(account), params.id, { page, pageSize, before, after })
      const accounts = await meetings.accountsById(found.lines.flatMap((line) => line.accountId ?? []))
      const byId = new Map(accounts.map((one) => [one.id, one]))
      return {
        messages: found.lines.map((line) => messageView(line, byId.get(line.accountId ?? 0))),
        total: found.total,
        page,
        page_size: pageSize,
      }
    },
    meetingSpeech,
  )

  mount(
    postChat,
    async ({ account, params, body }) => {
      const line = await talking.say(actorOf(account), params.id, body.content)
      return { message_id: line.id, seq: line.seq, timestamp: line.at.toISOString() }
    },
    meetingSpeech,
  )

  mount(
    startRecording,
    async ({ account, params }) => {
      const { recordingId } = await talking.startRecording(actorOf(account), params.id)
      return { recording_id: recordingId }
    },
    meetingSpeech,
  )

  mount(
    stopRecording,
    async ({ account, params }) => {
      const { recordingId } = await talking.stopRecording(actorOf(account), params.id)
      return { recording_id: recordingId }
    },
    meetingSpeech,
  )

  mount(
    listRecordings,
    async ({ account, params }) => {
      const recordings = await talking.listRecordings(actorOf(account), params.id)
      return {
        recordings: recordings.map((one) => ({
          recording_id: one.recordingId,
          meeting_id: one.meetingId,
          status: one.status,
          file_url: one.fileUrl,
          duration: one.durationSeconds,
          size: one.size,
          created_at: rfc3339(one.createdAt),
        })),
      }
    },
    meetingSpeech,
  )
}
