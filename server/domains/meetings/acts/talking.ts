import { faults } from '../faults.ts'
import type { Chat } from '../chat.ts'
import { demand, rules } from '../policy.ts'
import type { Actor } from '../policy.ts'
import type { ChatLine, RecordingWishes, Recordings, RecordingSummary } from '../ports.ts'
import { viewFor, viewOf } from './context.ts'
import type { ActParts } from './context.ts'

/** Chat, and recording as far as the meeting decides it. */
export function createTalking(parts: ActParts & { readonly chat: Chat; readonly recordings: Recordings | undefined }) {
  const { db, chat, recordings } = parts

  async function recorderFor(actor: Actor, meetingId: number, act: 'start' | 'stop'): Promise<Recordings> {
    const { meeting } = await viewFor(db, actor, meetingId, 'moderate')
    if (meeting.status === 'ended' || meeting.status === 'cancelled') throw faults.ended()
    // What was begun before it was turned off can be stopped.
    if (act === 'start' && !meeting.enable_recording) throw faults.recordingOff()
    if (recordings === undefined) throw faults.recordingUnavailable()
    return recordings
  }

  async function demandSpeech(actor: Actor, meetingId: number): Promise<void> {
    const { meeting } = await viewFor(db, actor, meetingId, 'beInside')
    if (meeting.status === 'ended' || meeting.status === 'cancelled') throw faults.ended()
    if (!meeting.enable_chat) throw faults.chatOff()
  }

  return {
    /** Says something in a meeting's chat, inside or by REST. @throws Fault `meetings.missing`, `.forbidden`, `.ended`, `.chat-off` */
    async say(actor: Actor, meetingId: number, content: string): Promise<ChatLine> {
      await demandSpeech(actor, meetingId)
      return await chat.post(meetingId, { accountId: actor.accountId, content })
    },

    /** Lets pass who may say something in a meeting's chat. @throws Fault as `say` */
    demandSpeech,

    async messages(
      actor: Actor,
      meetingId: number,
      range: { page: number; pageSize: number; before?: number | undefined; after?: number | undefined },
    ): Promise<{ lines: ChatLine[]; total: number }> {
      await viewFor(db, actor, meetingId, 'beInside')
      return await chat.list(meetingId, range)
    },

    /** @throws Fault `meetings.forbidden`, `.ended`, `.recording-off`, `.recording-unavailable` */
    async startRecording(
      actor: Actor,
      meetingId: number,
      wishes: RecordingWishes = {},
    ): Promise<{ recordingId: string }> {
      const recorder = await recorderFor(actor, meetingId, 'start')
      return await recorder.start({ meetingId, accountId: actor.accountId, wishes })
    },

    /**
     * Stops the recording under way, also where recording was turned off meanwhile; of a `recordingId` only that one.
     * @throws Fault `meetings.forbidden`, `.ended`, `.recording-unavailable`, `media.not-recording`
     */
    async stopRecording(actor: Actor, meetingId: number, recordingId?: string): Promise<{ recordingId: string }> {
      const recorder = await recorderFor(actor, meetingId, 'stop')
      return await recorder.stop({ meetingId, accountId: actor.accountId, recordingId })
    },

    /**
     * Lets hosts and moderators of a meeting pass that is not over (or is, where that is no matter).
     * @throws Fault `meetings.missing`, `meetings.forbidden`, `meetings.ended`
     */
    async demandModerator(actor: Actor, meetingId: number, { orEnded = false } = {}): Promise<void> {
      const { meeting } = await viewFor(db, actor, meetingId, 'moderate')
      if (!orEnded && (meeting.status === 'ended' || meeting.status === 'cancelled')) throw faults.ended()
    },

    async listRecordings(actor: Actor, meetingId: number): Promise<RecordingSummary[]> {
      const view = await viewOf(db, actor, meetingId)
      if (!rules.delete(view)) demand(view, 'beInside')
      if (recordings === undefined) throw faults.recordingUnavailable()
      return await recordings.list(meetingId)
    },
  }
}
