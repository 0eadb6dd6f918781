import { useQuery } from '@tanstack/react-query'
import { listGroupMembers, listGroups } from '#contracts/rooms.ts'
import type { RoomMember, RoomMessage, RoomState } from '#contracts/schemas/room.ts'
import { queryClient } from '@/app/query.ts'
import { accountKey, type Account } from '@/lib/account.ts'
import { callApi } from '@/lib/api.ts'
import { onLive } from '@/lib/live.ts'
import { useSignedIn } from '@/lib/session.ts'

/** The cache's key of the list of rooms. */
export const roomsKey = ['rooms'] as const
/** The cache's key of a room's members. */
export const membersKey = (roomId: number) => ['rooms', roomId, 'members'] as const

const myId = (): number | undefined => queryClient.getQueryData<Account>(accountKey)?.user_id

/** The rooms one is in, the one last spoken in first; kept fresh by the socket. */
export function useRooms() {
  const signedIn = useSignedIn()
  return useQuery({
    queryKey: roomsKey,
    queryFn: async ({ signal }) => (await callApi(listGroups, {}, { signal })).groups,
    enabled: signedIn,
    staleTime: 5 * 60_000,
  })
}

/** Who is in a room. */
export function useMembers(roomId: number) {
  return useQuery({
    queryKey: membersKey(roomId),
    queryFn: async ({ signal }): Promise<RoomMember[]> =>
      (await callApi(listGroupMembers, { params: { id: roomId } }, { signal })).members,
  })
}

/** How many messages are unread, for the rail. */
export function useUnread(): number {
  return useRooms().data?.reduce((sum, room) => sum + room.unread, 0) ?? 0
}

/** Changes the list as it is known, if it is. */
export function changeRooms(change: (rooms: readonly RoomState[]) => readonly RoomState[]): void {
  const rooms = queryClient.getQueryData<readonly RoomState[]>(roomsKey)
  if (rooms)
    queryClient.setQueryData(
      roomsKey,
      [...change(rooms)].sort((a, b) => b.last_at.localeCompare(a.last_at) || b.id - a.id),
    )
}

/** Puts a room into the list, or in the place of what it was. */
export function putRoom(room: RoomState): void {
  changeRooms((rooms) => [room, ...rooms.filter((one) => one.id !== room.id)])
}

/** What a message that changed makes of its room: the last words, and what is unread, exactly. */
export function roomAfter(room: RoomState, message: RoomMessage, me: number | undefined): RoomState {
  const last_change = Math.max(room.last_change, message.change)
  const isOthers = message.sender_id !== me && message.seq > room.read_seq
  const namesMe = me !== undefined && message.mentions.includes(me)
  const last_message =
    message.seq >= room.last_seq
      ? {
          sender_name: message.sender?.name ?? null,
          content: message.content.slice(0, 120),
          file_name: message.files[0]?.name ?? null,
          deleted: message.deleted,
        }
      : room.last_message
  if (message.seq > room.last_seq) {
    return {
      ...room,
      last_seq: message.seq,
      last_change,
      last_message,
      last_at: message.sent_at,
      unread: room.unread + (isOthers && !message.deleted ? 1 : 0),
      mentions: room.mentions + (isOthers && !message.deleted && namesMe ? 1 : 0),
    }
  }
  // Deleted is said once: the change that deletes is the last one of a message.
  const isGone = message.deleted && isOthers && message.change > room.last_change
  return { ...room, last_change, last_message, unread: Math.max(0, room.unread - (isGone ? 1 : 0)) }
}

onLive('ready', ({ rooms }) => queryClient.setQueryData(roomsKey, rooms))
onLive('resync', () => void queryClient.invalidateQueries({ queryKey: roomsKey }))
onLive('room', ({ room }) => putRoom(room))
onLive('room.left', ({ room_id }) => changeRooms((rooms) => rooms.filter((room) => room.id !== room_id)))
onLive('room.changed', ({ room_id }) => {
  void queryClient.invalidateQueries({ queryKey: roomsKey, exact: true })
  void queryClient.invalidateQueries({ queryKey: membersKey(room_id) })
})
onLive('message', ({ message }) => {
  changeRooms((rooms) =>
    rooms.map((room) => (room.id === message.chat_room_id ? roomAfter(room, message, myId()) : room)),
  )
})
