import type { ServerFrame, SignalingError } from '#contracts/schemas/signaling.ts'
import type { RoomState } from './room-state.ts'

/** Something to tell the person in passing. */
export type Notice =
  | { kind: 'turned-off'; what: 'audio' | 'video' | 'screen'; by: string }
  | { kind: 'asked'; what: 'audio' | 'video' | 'screen'; by: string }
  | { kind: 'joined' | 'left' | 'hand' | 'knock'; name: string; userId: number }
  | { kind: 'role'; role: RoomState['role'] }
  | { kind: 'recording'; on: boolean; by: string }
  | { kind: 'streaming'; state: 'on' | 'off' | 'failed' }
  | { kind: 'locked'; on: boolean }
  | { kind: 'error'; code: SignalingError; message: string }

/** What a frame is worth saying aloud, given the room before it; null for most. */
export function noticeOf(before: RoomState, frame: ServerFrame): Notice | null {
  if (before.phase !== 'joined') return null
  const nameOf = (userId: number) => before.people.find((person) => person.userId === userId)?.name ?? ''
  const data = frame.data as never
  return tellers[frame.type]?.(data, before, nameOf) ?? null
}

type Teller<Data> = (data: Data, before: RoomState, nameOf: (userId: number) => string) => Notice | null
type Tellers = { [T in ServerFrame['type']]?: Teller<ServerFrame<T>['data']> }

const tellers: Tellers = {
  'user-joined': (data, before) =>
    before.people.some((person) => person.userId === data.user_id)
      ? null
      : { kind: 'joined', name: data.nickname || data.username, userId: data.user_id },
  'user-left': (data, before) =>
    data.user_id === before.selfId
      ? null
      : { kind: 'left', name: data.nickname || data.username, userId: data.user_id },
  hand: (data, before, nameOf) =>
    data.raised && data.user_id !== before.selfId
      ? { kind: 'hand', name: nameOf(data.user_id), userId: data.user_id }
      : null,
  waiting: (data, before) => {
    if (!('participants' in data)) return null
    const fresh = data.participants.find((each) => !before.waiting.some((other) => other.user_id === each.user_id))
    return fresh ? { kind: 'knock', name: fresh.nickname || fresh.username, userId: fresh.user_id } : null
  },
  'mute-request': (data, _before, nameOf) => ({
    kind: data.action === 'ask' ? 'asked' : 'turned-off',
    what: data.kind,
    by: nameOf(data.by),
  }),
  role: (data, before) =>
    data.user_id === before.selfId && data.role !== before.role ? { kind: 'role', role: data.role } : null,
  'recording-state': (data, before, nameOf) =>
    data.recording === before.recording
      ? null
      : { kind: 'recording', on: data.recording, by: data.by === null ? '' : nameOf(data.by) },
  'streaming-state': (data, before) => {
    const known = before.streams.some((stream) => stream.stream_id === data.stream_id)
    if (data.status === 'failed') return { kind: 'streaming', state: 'failed' }
    if (data.status === 'ended') return known ? { kind: 'streaming', state: 'off' } : null
    return known ? null : { kind: 'streaming', state: 'on' }
  },
  lock: (data, before) => (data.locked === before.locked ? null : { kind: 'locked', on: data.locked }),
  error: (data) => ({ kind: 'error', code: data.code, message: data.message }),
}
