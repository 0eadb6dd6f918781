import { faults } from '../faults.ts'
import type { Chat, MessageRow } from '../chat.ts'
import type { Profile } from '../live/seat.ts'
import { demand, rules } from '../policy.ts'
import type { Actor } from '../policy.ts'
import type { RecordingWishes, Recordings, RecordingSummary } from '../ports.ts'
import { viewFor, viewOf } from './context.ts'
import type { ActParts } from './context.ts'

/** Chat, and recording as far as the meeting decides it. */
export function createTalking(parts: ActParts & { readonly chat: Chat; readonly recordings: Recordings | undefined }) {
  const { db, chat, recordings } = parts

  async function recordable(actor: Actor, meetingId: number): Promise<Recordings> {
    const { meeting } = await viewFor(db, actor, meetingId, 'moderate')
    if (meeting.status === 'ended' || meeting.status === 'cancelled') throw faults.ended()
    if (!meeting.enable_recording) throw faults.recordingOff()
    if (recordings === undefined) throw faults.recordingUnavailable()
    return recordings
  }

  return {
    /** Says something in a meeting's chat, inside or by REST. @throws Fault `meetings.missing`, `.forbidden`, `.ended`, `.chat-off` */
    async say(actor: Actor, meetingId: number, author: Profile, content: string): Promise<MessageRow> {
      await viewFor(db, actor, meetingId, 'beInside')
      return await chat.post(meetingId, { accountId: actor.accountId, author, content })
    },

    async messages(
      actor: Actor,
      meetingId: number,
      range: { page: number; pageSize: number; before?: number | undefined; after?: number | undefined },
    ): Promise<{ messages: MessageRow[]; total: number }> {
      await viewFor(db, actor, meetingId, 'beInside')
      return await chat.list(meetingId, range)
    },

    /** @throws Fault `meetings.forbidden`, `.ended`, `.recording-off`, `.recording-unavailable` */
    async startRecording(
      actor: Actor,
      meetingId: number,
      wishes: RecordingWishes = {},
    ): Promise<{ recordingId: string }> {
      const recorder = await recordable(actor, meetingId)
      return await recorder.start({ meetingId, accountId: actor.accountId, wishes })
    },

    async stopRecording(actor: Actor, meetingId: number): Promise<{ recordingId: string }> {
      const recorder = await recordable(actor, meetingId)
      return await recorder.stop({ meetingId, accountId: actor.accountId })
    },

    async listRecordings(actor: Actor, meetingId: number): Promise<RecordingSummary[]> {
      const view = await viewOf(db, actor, meetingId)
      if (!rules.delete(view)) demand(view, 'beInside')
      if (recordings === undefined) throw faults.recordingUnavailable()
      return await recordings.list(meetingId)
    },
  }
}
