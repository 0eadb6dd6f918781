import type {
  ConnectionReport,
  LiveStreamFrame,
  MediaState,
  RoomParticipant,
  ServerData,
  ServerFrame,
  WaitingParticipant,
} from '#contracts/schemas/signaling.ts'
import type { RemoteTrack } from './track-types.ts'

/** Where the person is with this meeting, as the page says it. */
export type Phase =
  'connecting' | 'waiting' | 'joined' | 'reconnecting' | 'failed' | 'ended' | 'removed' | 'denied' | 'replaced' | 'left'

/** Somebody in the room. */
export interface Person {
  userId: number
  peerId: string
  name: string
  avatarUrl: string | null
  role: RoomParticipant['role']
  /** False while their socket is gone and their place is kept. */
  online: boolean
  media: MediaState
  /** When the hand went up, ms; null while it is down. */
  handAt: number | null
  /** Null before the server measured anything. */
  connection: ConnectionReport | null
}

/** Everything the room's view shows, except what changes many times a second. */
export interface RoomState {
  phase: Phase
  /** Why it failed. */
  error: unknown
  /** Before the door: why. */
  waitingFor: 'lobby' | 'host' | null
  selfId: number
  peerId: string
  role: RoomParticipant['role']
  title: string
  meetingType: string
  hasPassword: boolean
  settings: Readonly<Record<string, boolean>>
  locked: boolean
  /** In the order they came, the person included. */
  people: readonly Person[]
  /** Those before the door, for those who may let them in. */
  waiting: readonly WaitingParticipant[]
  recording: boolean
  /** Who pressed record; null where it began before the person came. */
  recordingBy: number | null
  /** It was recorded while the person was inside. */
  recorded: boolean
  /** The live streams under way. */
  streams: readonly LiveStreamFrame[]
  /** Who speaks, kept steady by the server. */
  speakerId: number | null
  tracks: readonly RemoteTrack[]
  /** By publication: what the server says of the track. */
  trackStates: Readonly<Record<string, ServerData['track']['state']>>
  /** By publication: what we get of it. */
  layers: Readonly<Record<string, { layer: string; reason: ServerData['layer']['reason'] }>>
  captions: readonly Caption[]
}

/** A line of live captions. */
export interface Caption {
  id: string
  userId: number
  text: string
  final: boolean
}

/** A room before anything is known. */
export function emptyRoom(selfId: number): RoomState {
  return {
    phase: 'connecting',
    error: null,
    waitingFor: null,
    selfId,
    peerId: '',
    role: 'participant',
    title: '',
    meetingType: 'video',
    hasPassword: false,
    settings: {},
    locked: false,
    people: [],
    waiting: [],
    recording: false,
    recordingBy: null,
    recorded: false,
    streams: [],
    speakerId: null,
    tracks: [],
    trackStates: {},
    layers: {},
    captions: [],
  }
}

/** A participant as the view has it. */
export function personOf(participant: RoomParticipant): Person {
  return {
    userId: participant.user_id,
    peerId: participant.peer_id,
    name: participant.nickname || participant.username,
    avatarUrl: participant.avatar_url,
    role: participant.role,
    online: participant.status === 'online',
    media: participant.media_state,
    handAt: participant.hand_raised_at ? Date.parse(participant.hand_raised_at) : null,
    connection: participant.connection,
  }
}

function isUnderWay({ status }: LiveStreamFrame): boolean {
  return status !== 'ended' && status !== 'failed'
}

function change(state: RoomState, userId: number, fields: Partial<Person>): RoomState {
  return {
    ...state,
    people: state.people.map((person) => (person.userId === userId ? { ...person, ...fields } : person)),
  }
}

/** The state after a frame of the server's; frames that are not about the state leave it as it is. */
export function reduce(state: RoomState, frame: ServerFrame): RoomState {
  const handler = reducers[frame.type as keyof typeof reducers] as
    ((state: RoomState, data: unknown) => RoomState) | undefined
  return handler ? handler(state, frame.data) : state
}

type Reducers = { [T in keyof ServerData]?: (state: RoomState, data: ServerData[T]) => RoomState }

const reducers = {
  join: (state, data) => ({
    ...state,
    phase: 'joined',
    error: null,
    waitingFor: null,
    peerId: data.peer_id,
    role: data.role,
    title: data.meeting.title,
    meetingType: data.meeting.meeting_type,
    hasPassword: data.meeting.has_password,
    locked: data.meeting.locked,
    settings: data.settings,
    people: data.participants.map(personOf),
    waiting: data.waiting,
    recording: data.recording.recording,
    recorded: state.recorded || data.recording.recording,
    streams: data.streams.filter(isUnderWay),
    ...(data.media === 'fresh' ? { trackStates: {}, layers: {} } : {}),
  }),
  waiting: (state, data) =>
    'participants' in data
      ? { ...state, waiting: data.participants }
      : { ...state, phase: 'waiting', waitingFor: data.reason, title: data.title },
  'user-joined': (state, data) => {
    const person = personOf(data)
    const known = state.people.some((other) => other.userId === person.userId)
    const people = known
      ? state.people.map((other) => (other.userId === person.userId ? person : other))
      : [...state.people, person]
    return { ...state, people }
  },
  'user-left': (state, data) => ({
    ...state,
    people: state.people.filter((person) => person.peerId !== data.peer_id),
    speakerId: state.speakerId === data.user_id ? null : state.speakerId,
  }),
  presence: (state, data) => change(state, data.user_id, { online: data.status === 'online' }),
  'media-state': (state, { user_id: userId, audio_enabled, video_enabled, screen_sharing }) =>
    change(state, userId, { media: { audio_enabled, video_enabled, screen_sharing } }),
  role: (state, data) => ({
    ...change(state, data.user_id, { role: data.role }),
    role: data.user_id === state.selfId ? data.role : state.role,
  }),
  hand: (state, data) =>
    change(state, data.user_id, { handAt: data.raised ? Date.parse(data.raised_at ?? '') || Date.now() : null }),
  'connection-quality': (state, data) => {
    const news = new Map(data.people.map((each) => [each.user_id, each]))
    const people = state.people.map((person) => {
      const connection = news.get(person.userId)
      return connection ? { ...person, connection } : person
    })
    return { ...state, people }
  },
  'recording-state': (state, data) => ({
    ...state,
    recording: data.recording,
    recordingBy: data.recording ? data.by : null,
    recorded: state.recorded || data.recording,
  }),
  'streaming-state': (state, { stream_id, stream_type, status }) => {
    const others = state.streams.filter((stream) => stream.stream_id !== stream_id)
    const stream = { stream_id, stream_type, status }
    return { ...state, streams: isUnderWay(stream) ? [...others, stream] : others }
  },
  settings: (state, data) => ({ ...state, settings: data.settings, title: data.title, locked: data.locked }),
  lock: (state, data) => ({ ...state, locked: data.locked }),
  track: (state, data) => {
    const { [data.publication_id]: _gone, ...rest } = state.trackStates
    return { ...state, trackStates: data.state === 'ended' ? rest : { ...rest, [data.publication_id]: data.state } }
  },
  layer: (state, data) => ({
    ...state,
    layers: { ...state.layers, [data.publication_id]: { layer: data.layer, reason: data.reason } },
  }),
  caption: (state, data) => {
    const line: Caption = {
      id: `${data.peer_id} ${data.segment_id}`,
      userId: data.user_id,
      text: data.text,
      final: data.final,
    }
    return { ...state, captions: [...state.captions.filter((other) => other.id !== line.id), line].slice(-4) }
  },
} satisfies Reducers
