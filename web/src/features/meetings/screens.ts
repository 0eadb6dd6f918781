import type { Page } from 'playwright-core'
import type { Meeting } from '#contracts/schemas/meeting.ts'
import type { RoomParticipant, ServerData, ServerFrame } from '#contracts/schemas/signaling.ts'
import { type Answer, type Screen, failed, ok } from '../../app/screen.ts'
import { inRoom, joined, lines, meeting, participant, recordings, streams } from './screens-data.ts'

const page = (meetings: Meeting[], total = meetings.length): Answer => ok({ meetings, total, page: 1, page_size: 20 })

const upcoming = [
  meeting(128, '第四季產品規劃：行動版改版與上線時程', {
    status: 'ongoing',
    start_time: '2026-11-20T01:30:00Z',
    online_count: 5,
    participant_count: 9,
    my_role: 'host',
  }),
  meeting(131, '與設計組一對一', {
    start_time: '2026-11-20T01:50:00Z',
    end_time: '2026-11-20T02:20:00Z',
    my_role: 'host',
    participant_count: 2,
  }),
  meeting(133, 'Weekly sync with the Lisbon and Nairobi offices about shared infrastructure costs', {
    start_time: '2026-11-20T08:00:00Z',
    end_time: '2026-11-20T08:45:00Z',
    has_password: true,
    participant_count: 14,
  }),
  meeting(140, '客服晨會', {
    meeting_type: 'audio',
    start_time: '2026-11-21T01:00:00Z',
    end_time: '2026-11-21T01:15:00Z',
    participant_count: 23,
  }),
  meeting(141, '資安教育訓練（第二梯）', {
    start_time: '2026-11-24T06:00:00Z',
    end_time: '2026-11-24T08:00:00Z',
    participant_count: 61,
  }),
]

const one = meeting(128, '第四季產品規劃：行動版改版與上線時程', {
  status: 'ongoing',
  start_time: '2026-11-20T01:30:00Z',
  description: '1. 時程與里程碑\n2. 行動版改版範圍\n3. 上線當天分工',
  has_password: true,
  my_role: 'host',
  online_count: 3,
  participant_count: 8,
})

const people = Array.from({ length: 8 }, (_, index) =>
  participant(index, {
    status: index < 3 ? 'online' : index === 3 ? 'waiting' : 'offline',
    ...(index === 1 ? { role: 'moderator' as const } : {}),
  }),
)

const preview = ok({
  meeting_id: 128,
  title: one.title,
  host_name: '林怡君',
  start_time: one.start_time,
  end_time: one.end_time,
  meeting_type: 'video',
  status: 'ongoing',
  password_required: false,
  waiting_room: false,
  mute_on_join: false,
  locked: false,
  recording: true,
  streaming: false,
})

const door: Record<string, Answer> = {
  'GET /api/v1/meetings/128': ok(one),
  'GET /api/v1/meetings/128/preview': preview,
  'GET /api/v1/meetings/128/participants': ok({ participants: people, total: people.length }),
  'POST /api/v1/meetings/128/join': ok({
    meeting_id: 128,
    participant_id: 1,
    peer_id: 'peer-1',
    role: 'host',
    status: 'online',
    waiting_for: null,
    room_url: '',
    ice_servers: [],
  }),
  'GET /api/v1/recording/list': ok({ recordings, total: recordings.length, page: 1, page_size: 50 }),
  'GET /api/v1/streaming/list': ok({ streams: [] }),
  'POST /api/v1/recording/start': {
    ...failed(503, '服务不可用'),
    headers: { 'x-fault': 'media.ffmpeg-missing' },
  },
  'GET /api/v1/streaming/s1/status': ok(streams[0]),
  'GET /api/v1/streaming/s2/status': ok(streams[1]),
  'GET /api/v1/meetings/128/messages': ok({ messages: lines, total: lines.length, page: 1, page_size: 50 }),
}

/** Opens the menu at the foot and picks what bears one of these names. */
async function more(view: Page, name: RegExp): Promise<void> {
  await view
    .getByRole('toolbar')
    .getByRole('button', { name: /^(更多|More)$/ })
    .click()
  await view.getByRole('menuitem', { name }).click()
  await view.getByRole('dialog').waitFor()
}

const RECORD = /^(錄影|录制|Record)$/
const STREAM = /^(直播|Stream live)$/
const RTMP = /RTMP/
const live = { stream_id: 's1', stream_type: 'hls', status: 'live' } as const

/** Goes in through the page before the room; the pretended server answers `join` with these people, then the frames. */
async function enter(
  view: Page,
  inside: RoomParticipant[],
  data: Partial<ServerData['join']> = {},
  frames: Pick<ServerFrame, 'type' | 'data'>[] = [],
): Promise<void> {
  await view.routeWebSocket(/\/ws\/signaling/, (socket) => {
    const send = (type: string, content: unknown) =>
      socket.send(JSON.stringify({ type, from: 0, meeting_id: 128, data: content }))
    socket.onMessage((text) => {
      const frame = JSON.parse(String(text)) as { type: string; data: object }
      if (frame.type === 'ping') send('pong', frame.data)
      if (frame.type !== 'join') return
      const { media_state } = frame.data as { media_state: ServerData['join']['media_state'] }
      // What the page sends counts, as it does with the real server.
      send('join', joined(inside, { media_state, ...data }))
      for (const each of frames) send(each.type, each.data)
    })
  })
  await view.locator('button[type=submit]').click()
  await view.locator('[role=toolbar]').waitFor()
}

const room = (
  name: string,
  count: number,
  act?: (view: Page) => Promise<void>,
  data?: Partial<ServerData['join']>,
  frames?: Pick<ServerFrame, 'type' | 'data'>[],
  answers: Record<string, Answer> = door,
): Screen => ({
  name: `room-${name}`,
  path: '/meetings/128/room',
  answers,
  until: '林怡君',
  prepare: async (view) => {
    await enter(
      view,
      Array.from({ length: count }, (_, index) =>
        inRoom(index, index === 3 ? { hand_raised_at: '2026-11-20T01:40:00Z' } : {}),
      ),
      data,
      frames,
    )
    await act?.(view)
  },
})

export const screens: readonly Screen[] = [
  { name: 'list', path: '/meetings', answers: { 'GET /api/v1/my/meetings/upcoming': page(upcoming, 43) } },
  { name: 'list-empty', path: '/meetings', answers: { 'GET /api/v1/my/meetings/upcoming': page([]) } },
  {
    name: 'list-failed',
    path: '/meetings',
    answers: { 'GET /api/v1/my/meetings/upcoming': failed(500, '服务器错误') },
  },
  { name: 'new', path: '/meetings?new=1', answers: { 'GET /api/v1/my/meetings/upcoming': page(upcoming) } },
  { name: 'detail', path: '/meetings/128', answers: door, until: '陳威廷' },
  { name: 'prejoin', path: '/meetings/128/room', answers: door, until: '林怡君' },
  {
    name: 'prejoin-password',
    path: '/meetings/129/room',
    answers: {
      'GET /api/v1/meetings/129/preview': ok({
        ...(preview.body as { data: object }).data,
        meeting_id: 129,
        title: null,
        host_name: null,
        start_time: null,
        end_time: null,
        password_required: true,
      }),
      'GET /api/v1/meetings/129': failed(403, '无权限'),
    },
    until: '129',
  },
  room('1', 1),
  room('2', 2),
  room('3', 3),
  room('5', 5, undefined, undefined, [
    { type: 'speakers', data: { levels: [{ peer_id: 'peer-2', user_id: 2, level: -28, speaking: true }] } },
  ]),
  room('9-chat', 9, (view) => view.keyboard.press('c'), { message_seq: lines.length }),
  room('14-people', 14, (view) => view.keyboard.press('p'), {
    waiting: [
      { user_id: 40, username: 'guest', nickname: '賴品妤', avatar_url: null, since: '2026-11-20T01:41:00Z' },
      { user_id: 41, username: 'guest2', nickname: 'Priya Raman', avatar_url: null, since: '2026-11-20T01:41:30Z' },
    ],
    recording: { recording: true, recording_id: 'r1' },
  }),
  room('recorded', 4, undefined, {
    role: 'participant',
    recording: { recording: true, recording_id: 'r1' },
    streams: [live],
  }),
  room('record', 3, async (view) => {
    await more(view, RECORD)
    await view.getByRole('dialog').locator('button').last().click()
    await view.getByRole('alert').waitFor()
  }),
  room('stream', 3, async (view) => {
    await more(view, STREAM)
    await view.getByRole('radio', { name: RTMP }).click()
  }),
  room('streams', 3, (view) => more(view, STREAM), { streams: [live] }, undefined, {
    ...door,
    'GET /api/v1/streaming/list': ok({ streams }),
  }),
]
