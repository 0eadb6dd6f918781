import type { ChatMessage, Meeting, Participant } from '#contracts/schemas/meeting.ts'
import type { RoomParticipant, ServerData } from '#contracts/schemas/signaling.ts'

/** People as they look at 09:42 on 20 November in the pretended server. */
export const names = [
  ['yijun', '林怡君'],
  ['zhiyuan', '歐陽致遠'],
  ['chen.weiting', '陳威廷'],
  ['mei', '黃美玲'],
  ['daniel', 'Daniel Okafor'],
  ['xiaowen', '张晓雯'],
  ['jiahao', '吳家豪'],
  ['amelie', 'Amélie Laurent-Beauchamp'],
  ['shufen', '蔡淑芬'],
  ['kenta', '佐藤健太'],
  ['yating', '許雅婷'],
  ['guanyu', '李冠宇'],
  ['wanru', '鄭婉如'],
  ['tom', 'Tom Becker'],
] as const

const settings = {
  enable_recording: true,
  enable_chat: true,
  enable_screen_share: true,
  enable_waiting_room: false,
  mute_on_join: false,
}

/** A meeting with what is special about it. */
export function meeting(id: number, title: string, fields: Partial<Meeting> = {}): Meeting {
  return {
    meeting_id: id,
    title,
    description: '',
    start_time: '2026-11-20T02:00:00Z',
    end_time: '2026-11-20T03:00:00Z',
    max_participants: 50,
    meeting_type: 'video',
    status: 'scheduled',
    creator_id: 1,
    settings,
    created_at: '2026-11-18T02:00:00Z',
    updated_at: '2026-11-18T02:00:00Z',
    started_at: null,
    ended_at: null,
    has_password: false,
    locked: false,
    participant_count: 4,
    online_count: 0,
    my_role: 'participant',
    room_url: `http://localhost/meetings/${id}/room`,
    ...fields,
  }
}

/** Somebody in a list of participants. */
export function participant(index: number, fields: Partial<Participant> = {}): Participant {
  const [username, nickname] = names[index] ?? names[0]
  return {
    participant_id: index + 1,
    meeting_id: 128,
    user_id: index + 1,
    username,
    nickname,
    avatar_url: null,
    role: index === 0 ? 'host' : 'participant',
    status: 'offline',
    joined_at: '2026-11-20T01:30:00Z',
    invited: true,
    peer_id: null,
    ...fields,
  }
}

/** Somebody in the room. */
export function inRoom(index: number, fields: Partial<RoomParticipant> = {}): RoomParticipant {
  const { participant_id, user_id, username, nickname, avatar_url, role, joined_at } = participant(index)
  return {
    participant_id,
    user_id,
    username,
    nickname,
    avatar_url,
    role,
    joined_at,
    peer_id: `peer-${user_id}`,
    status: 'online',
    media_state: { audio_enabled: index % 3 !== 2, video_enabled: false, screen_sharing: false },
    hand_raised_at: null,
    connection: {
      quality: index % 5 === 2 ? 'poor' : index % 5 === 4 ? 'fair' : 'good',
      uplink_loss: index % 5 === 2 ? 0.12 : 0,
      downlink_loss: index % 5 === 4 ? 0.04 : 0,
      rtt_ms: index % 5 === 4 ? 320 : 34,
      available_bitrate: index % 5 === 4 ? 850_000 : null,
    },
    ...fields,
  }
}

/** What the room answers to `join`. */
export function joined(people: RoomParticipant[], fields: Partial<ServerData['join']> = {}): ServerData['join'] {
  return {
    session_id: 'pretended',
    peer_id: 'peer-1',
    role: 'host',
    participants: people,
    ice_servers: [],
    settings,
    resumed: false,
    media: 'fresh',
    media_state: { audio_enabled: false, video_enabled: false, screen_sharing: false },
    meeting: {
      title: '第四季產品規劃：行動版改版與上線時程',
      status: 'ongoing',
      locked: false,
      meeting_type: 'video',
      has_password: false,
    },
    message_seq: 0,
    recording: { recording: false, recording_id: null },
    streams: [],
    waiting: [],
    server_time: '2026-11-20T01:42:00Z',
    ...fields,
  }
}

/** What was written during the meeting. */
export const lines: ChatMessage[] = [
  [1, '大家早，我把上週的會議紀錄貼在這裡： https://wiki.example.com.tw/q4/notes'],
  [1, '等威廷進來我們就開始'],
  [2, '我這邊聲音 OK，畫面有點慢，先關鏡頭'],
  [4, 'Morning! Could we start with the release date? I have to drop at 10:30.'],
  [0, '好，先看時程。\n第一版 12/8，正式上線 12/15。'],
  [5, '收到。测试环境这周五前准备好，没有问题'],
  [3, '👍'],
].map(([who, content], index) => {
  const [username, nickname] = names[who as number] ?? names[0]
  return {
    message_id: index + 1,
    seq: index + 1,
    user_id: (who as number) + 1,
    username,
    nickname,
    avatar_url: null,
    content: content as string,
    timestamp: new Date(Date.UTC(2026, 10, 20, 1, 30 + index)).toISOString(),
  }
})

const recording = (recording_id: string, more: object) => ({
  recording_id,
  meeting_id: 128,
  meeting_title: '第四季產品規劃：行動版改版與上線時程',
  user_id: 1,
  user_name: '林怡君',
  status: 'completed',
  format: 'mp4',
  layout: 'grid',
  quality: 'medium',
  file_id: 'f1',
  file_url: '/api/v1/media/download/f1',
  duration: 3742,
  size: 486_300_000,
  error: null,
  started_at: '2026-11-19T01:30:00Z',
  stopped_at: '2026-11-19T02:32:00Z',
  created_at: '2026-11-19T01:30:00Z',
  ...more,
})

/** Recordings of the meeting: one whose film is being made, one that is there. */
export const recordings = [
  recording('r2', {
    status: 'processing',
    file_id: null,
    duration: null,
    size: null,
    started_at: '2026-11-20T01:31:00Z',
  }),
  recording('r1', {}),
]

const stream = (stream_id: string, more: object) => ({
  stream_id,
  meeting_id: 128,
  user_id: 1,
  status: 'live',
  layout: 'grid',
  quality: 'medium',
  rtmp_target: null,
  error: null,
  started_at: '2026-11-20T01:33:00Z',
  stopped_at: null,
  duration: 531,
  bitrate: 2_480_000,
  frame_rate: 29.9,
  dropped_frames: 4,
  reconnects: 0,
  width: 1280,
  height: 720,
  ...more,
})

/** A stream that runs well, and one that lost its server. */
export const streams = [
  stream('s1', {
    stream_type: 'hls',
    hls_url: '/streams/s1/1900000000.sign/index.m3u8',
    watch_url: '/watch/s1/1900000000.sign',
  }),
  stream('s2', {
    stream_type: 'rtmp',
    status: 'reconnecting',
    rtmp_target: 'rtmp://live.example.com/app',
    error: 'Connection to rtmp://live.example.com/app refused',
    bitrate: 0,
    frame_rate: 0,
    dropped_frames: 318,
    reconnects: 2,
  }),
]
