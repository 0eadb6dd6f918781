import { createFeatureWords } from '#adapters/words/feature-words.ts'
import type { Identity } from '#domains/identity/identity.ts'
import type { MeetingsPort } from '#domains/meetings/for-others.ts'
import type { ChatRoom } from '#domains/meetings/ports.ts'
import { createRoomFeed } from '#domains/rooms/feed.ts'
import { createInvites } from '#domains/rooms/invites.ts'
import { createMeetingRooms } from '#domains/rooms/meeting-rooms.ts'
import { createMentionNotices } from '#domains/rooms/mention-notices.ts'
import { createMessages } from '#domains/rooms/messages.ts'
import type { Messages } from '#domains/rooms/messages.ts'
import { createMeetingChat } from '#domains/rooms/meeting-chat.ts'
import type { FilesPort, Notifier } from '#domains/rooms/ports.ts'
import { createRooms } from '#domains/rooms/rooms.ts'
import type { Rooms } from '#domains/rooms/rooms.ts'
import { roomIdsOf } from '#domains/rooms/rooms-store.ts'
import { coalesced } from '#kernel/coalesced.ts'
import { mountGroups } from '#surfaces/groups.ts'
import { createLive } from '#surfaces/live.ts'
import type { Live } from '#surfaces/live.ts'
import { mountMessages } from '#surfaces/messages.ts'
import { originOf } from '#surfaces/visit.ts'
import type { Base, Part } from './part.ts'

/** Rooms, and the one socket for everything live, to which other parts forward their events. */
export interface RoomsPart extends Part {
  readonly live: Live
  readonly rooms: Rooms
  readonly messages: Messages
  /** The rooms of meetings, where their chats are kept. */
  readonly chatRoom: ChatRoom
}

const RESYNC_EVERY_MS = 15 * 60_000

/** Wires rooms. Meetings and files come later in the wiring than rooms do. */
export function composeRooms(
  base: Base,
  parts: { identity: Identity; notify: Notifier; meetings: MeetingsPort; files: FilesPort },
): RoomsPart {
  const { config, db, bus, jobs, clock, log, mount, sockets } = base
  const { identity, notify, meetings, files } = parts
  const rooms = createRooms({ db, bus })
  const words = createFeatureWords('rooms')
  const noticeMentions = createMentionNotices({
    db,
    jobs,
    notify,
    log,
    words: (locale, values) => ({
      title: words(locale, 'notice.mention', { sender: values.sender, room: values.room }),
      text: values.content,
    }),
  })
  const messages = createMessages({
    db,
    bus,
    onMentions: noticeMentions,
    maySpeak: (meetingId, accountId) => meetings.maySpeak(meetingId, accountId),
    files,
  })
  const meetingRooms = createMeetingRooms({ db, rooms, meetings })
  const chatRoom = createMeetingChat({ db, messages, meetingRooms })
  const invites = createInvites({ db, rooms, clock })
  const feed = createRoomFeed({ bus, changes: messages.changes, log })
  const live = createLive({ bus, feed, rooms, roomIdsOf: (accountId) => roomIdsOf(db, accountId), log })

  mountGroups(mount, { rooms, invites, origin: (request) => config.core.publicUrl ?? originOf(request) ?? '' })
  mountMessages(mount, { rooms, messages })
  live.forward('jobs.job.changed', ({ accountId }) => (accountId === null ? [] : [accountId]))
  live.forward('notify.notification.created', ({ accountId }) => [accountId])
  live.forward('notify.notification.read', ({ accountId }) => [accountId])
  live.forward('accounts.account.changed', ({ accountId }) => [accountId])
  live.forward('calendar.schedules.changed', ({ accountId }) => [accountId])

  identity.onErasure(async (tx, accountId) => {
    for (const roomId of await roomIdsOf(tx, accountId)) await rooms.removeFrom(tx, roomId, [accountId])
    await tx.query('DELETE FROM room_reactions WHERE account_id = $1', [accountId])
  })

  const syncOne = coalesced(async (meetingId: number) => void (await meetingRooms.sync(meetingId)))
  const sync = ({ meetingId }: { meetingId: number }): Promise<void> => syncOne(meetingId)
  jobs.define('rooms.meetings', { everyMs: RESYNC_EVERY_MS, retries: 0 }, async () => ({
    rooms: await meetingRooms.syncAll(new Date(clock.now())),
  }))
  const ends = [
    bus.subscribe('meetings.meeting.created', sync),
    bus.subscribe('meetings.meeting.changed', sync),
    bus.subscribe('meetings.participant.added', sync),
    bus.subscribe('meetings.participant.removed', sync),
    bus.subscribe('meetings.participant.entered', sync),
    bus.subscribe('meetings.meeting.deleted', ({ meetingId }) => meetingRooms.drop(meetingId)),
  ]

  sockets.route({ path: '/ws/events', open: async (socket) => live.open(socket) })
  return {
    live,
    rooms,
    messages,
    chatRoom,
    start: async () => live.start(),
    stop: async () => {
      live.close()
      for (const end of ends) end()
      await messages.close()
    },
  }
}
