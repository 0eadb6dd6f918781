import { describe, expect, test } from 'vitest'
import type { RoomParticipant, ServerData, ServerFrame, ServerFrameType } from '#contracts/schemas/signaling.ts'
import { noticeOf } from './notices.ts'
import { type RoomState, emptyRoom, reduce } from './room-state.ts'

const media = { audio_enabled: true, video_enabled: false, screen_sharing: false }

function participant(userId: number, fields: Partial<RoomParticipant> = {}): RoomParticipant {
  return {
    user_id: userId,
    participant_id: userId,
    peer_id: `p${userId}`,
    username: `user${userId}`,
    nickname: '',
    avatar_url: null,
    role: userId === 1 ? 'host' : 'participant',
    status: 'online',
    joined_at: '2026-11-20T02:00:00Z',
    media_state: media,
    hand_raised_at: null,
    connection: null,
    ...fields,
  }
}

function frame<T extends ServerFrameType>(type: T, data: ServerData[T]): ServerFrame {
  return { type, from: 0, meeting_id: 7, data } as ServerFrame
}

const join: ServerData['join'] = {
  session_id: 's',
  peer_id: 'p2',
  role: 'participant',
  participants: [participant(1), participant(2)],
  ice_servers: [],
  settings: { enable_chat: true },
  resumed: false,
  media: 'fresh',
  media_state: media,
  meeting: { title: '週會', status: 'ongoing', locked: false, meeting_type: 'video', has_password: false },
  message_seq: 0,
  recording: { recording: false, recording_id: null },
  streams: [],
  waiting: [],
  server_time: '2026-11-20T02:00:00Z',
}

const inside = (...frames: ServerFrame[]): RoomState => [frame('join', join), ...frames].reduce(reduce, emptyRoom(2))

describe('the room after a frame', () => {
  test('join: who is there, and that one is inside', () => {
    const state = inside()
    expect(state).toMatchObject({ phase: 'joined', title: '週會', role: 'participant', peerId: 'p2' })
    expect(state.people.map((person) => person.name)).toEqual(['user1', 'user2'])
  })

  test('waiting before the door, and waiting seen by a moderator, are two things', () => {
    const before = reduce(emptyRoom(2), frame('waiting', { reason: 'lobby', session_id: 's', title: '週會' }))
    expect(before).toMatchObject({ phase: 'waiting', waitingFor: 'lobby' })
    const guest = { user_id: 9, username: 'g', nickname: '', avatar_url: null, since: '' }
    expect(inside(frame('waiting', { participants: [guest] }))).toMatchObject({ phase: 'joined', waiting: [guest] })
  })

  test('somebody who comes back is not there twice', () => {
    const back = participant(1, { peer_id: 'p1b' })
    const state = inside(frame('user-joined', back))
    expect(state.people.map((person) => person.peerId)).toEqual(['p1b', 'p2'])
  })

  test('a late farewell to a place that was taken anew removes nobody', () => {
    const gone = {
      user_id: 1,
      peer_id: 'p1',
      username: 'user1',
      nickname: '',
      role: 'host',
      reason: 'timeout',
    } as const
    const state = inside(frame('user-joined', participant(1, { peer_id: 'p1b' })), frame('user-left', gone))
    expect(state.people.map((person) => person.userId)).toEqual([1, 2])
    expect(inside(frame('user-left', gone)).people.map((person) => person.userId)).toEqual([2])
  })

  test('media, presence, hands and roles change one person', () => {
    const state = inside(
      frame('media-state', { ...media, audio_enabled: false, user_id: 1, peer_id: 'p1' }),
      frame('presence', { user_id: 1, peer_id: 'p1', status: 'offline' }),
      frame('hand', { user_id: 1, raised: true, raised_at: '2026-11-20T02:05:00Z', by: 1 }),
      frame('role', { user_id: 2, role: 'moderator', by: 1 }),
    )
    expect(state.people[0]).toMatchObject({
      online: false,
      media: { audio_enabled: false },
      handAt: Date.UTC(2026, 10, 20, 2, 5),
    })
    expect(state.role).toBe('moderator')
  })

  test('a caption that grows replaces itself, and only the last ones stay', () => {
    const line = (segment: string, text: string, final: boolean) =>
      frame('caption', { user_id: 1, peer_id: 'p1', text, final, language: null, segment_id: segment })
    const state = inside(
      line('1', '大', false),
      line('1', '大家好', true),
      ...['2', '3', '4', '5'].map((id) => line(id, id, true)),
    )
    expect(state.captions.map((caption) => caption.text)).toEqual(['2', '3', '4', '5'])
  })

  test('a recording and live streams are known while they last, and that there was one afterwards', () => {
    const recording = (on: boolean) => frame('recording-state', { recording: on, recording_id: 'r', by: 1 })
    const stream = (status: 'starting' | 'live' | 'ended') =>
      frame('streaming-state', { stream_id: 's1', stream_type: 'hls', status, by: 1 })
    const during = inside(recording(true), stream('starting'), stream('live'))
    expect(during).toMatchObject({ recording: true, recordingBy: 1, streams: [{ stream_id: 's1', status: 'live' }] })
    const after = [recording(false), stream('ended')].reduce(reduce, during)
    expect(after).toMatchObject({ recording: false, recordingBy: null, recorded: true, streams: [] })
    expect(noticeOf(inside(), recording(true))).toEqual({ kind: 'recording', on: true, by: 'user1' })
    expect(noticeOf(inside(), stream('starting'))).toEqual({ kind: 'streaming', state: 'on' })
    expect(noticeOf(during, stream('live'))).toBeNull()
    expect(noticeOf(during, stream('ended'))).toEqual({ kind: 'streaming', state: 'off' })
  })

  test('frames that say nothing about the room leave it the same object', () => {
    const state = inside()
    expect(reduce(state, frame('pong', {}))).toBe(state)
  })
})

describe('what is said in passing', () => {
  test('others coming, raising a hand and asking; not what one does oneself', () => {
    const state = inside()
    expect(noticeOf(state, frame('user-joined', participant(3, { nickname: '威廷' })))).toEqual({
      kind: 'joined',
      name: '威廷',
      userId: 3,
    })
    expect(noticeOf(state, frame('user-joined', participant(1)))).toBeNull()
    expect(noticeOf(state, frame('hand', { user_id: 2, raised: true, raised_at: null, by: 2 }))).toBeNull()
    expect(noticeOf(state, frame('mute-request', { kind: 'audio', action: 'ask', by: 1 }))).toEqual({
      kind: 'asked',
      what: 'audio',
      by: 'user1',
    })
  })

  test('nothing before one is inside', () => {
    expect(noticeOf(emptyRoom(2), frame('user-joined', participant(3)))).toBeNull()
  })
})

test('a connection that changed is shown on whom it is about', () => {
  const before = inside()
  const report = { quality: 'poor', uplink_loss: 0.1, downlink_loss: 0, rtt_ms: 30, available_bitrate: null } as const
  const after = reduce(before, frame('connection-quality', { people: [{ user_id: 2, peer_id: 'p2', ...report }] }))
  expect(after.people[0]).toBe(before.people[0])
  expect(after.people[1]?.connection).toMatchObject(report)
})
