import type { ChatMessage } from '#contracts/schemas/meeting.ts'
import type { ClientData, ClientFrameType, MediaState, ServerData, ServerFrame } from '#contracts/schemas/signaling.ts'
import { ChatLog } from './chat-log.ts'
import type { LocalMedia } from './local-media.ts'
import { type Notice, noticeOf } from './notices.ts'
import { RoomMedia } from './room-media.ts'
import { type Phase, type RoomState, emptyRoom, reduce } from './room-state.ts'
import { SignalingSocket, type SocketEnd } from './signaling-socket.ts'
import { Store } from './store.ts'
import type { LinkState, RemoteTrack } from './track-types.ts'

/** A reaction on its way up the screen. */
export interface Reaction {
  id: number
  userId: number
  emoji: string
}

/** What a session needs of the outside; all of it can be replaced in tests. */
export interface SessionOptions {
  meetingId: number
  self: { userId: number; name: string; avatarUrl: string | null }
  local: LocalMedia
  /** The place was already taken by REST. */
  joined?: boolean
  /** Joins by REST; once before the first connection and again when the place was lost. */
  join: () => Promise<unknown>
  /** Leaves by REST, when no socket is there to say it. */
  leave: () => Promise<unknown>
  token: (stale: boolean) => Promise<string>
  /** The socket's address, with the session to come back to. */
  address: (sessionId: string | null) => string
  readChat: (range: { before?: number; after?: number }) => Promise<{ messages: ChatMessage[]; total: number }>
  /** True for errors of `join` that asking again will not mend. */
  isFinal: (error: unknown) => boolean
  onNotice: (notice: Notice) => void
  createSocket?: (url: string, protocols: string[]) => WebSocket
}

const REACTION_SHOWN = 4000

/**
 * One person in one meeting: the signalling socket, both peer connections, the chat and what the room looks like. It
 * comes back by itself from lost sockets, lost networks and restarted servers, and says honestly how it stands (`phase`).
 */
export class RoomSession {
  readonly state: Store<RoomState>
  readonly levels = new Store<ReadonlyMap<number, number>>(new Map())
  readonly reactions = new Store<readonly Reaction[]>([])
  readonly link = new Store<LinkState>('new')
  readonly chat: ChatLog
  readonly media: RoomMedia
  readonly #options: SessionOptions
  readonly #socket: SignalingSocket
  #sessionId: string | null = null
  #hasPlace = false
  /** `join` was sent with what the person wants to send, and not yet answered. */
  #asked = false
  /** What the server holds of what we send: as it said last, or as we asked to come in; what it takes of that is an order. */
  #known: MediaState | null = null
  #reactionIds = 0
  #over = false
  readonly #reactionTimers = new Set<ReturnType<typeof setTimeout>>()
  readonly #online = (): void => this.media.restartIce()

  constructor(options: SessionOptions) {
    this.#options = options
    this.#hasPlace = options.joined ?? false
    this.state = new Store(emptyRoom(options.self.userId))
    this.chat = new ChatLog({
      send: (content, ref) => this.send('chat', { content, ref }),
      read: options.readChat,
      self: () => options.self,
    })
    this.media = new RoomMedia({
      local: options.local,
      send: (type, data) => this.send(type, data),
      onTracks: (tracks) => this.state.patch({ tracks }),
      onLink: (link) => this.link.set(link),
      onLocalState: (state) => this.#sayMedia(state),
      onHopeless: () => this.#startOver(),
      expected: (track) => this.#expected(track),
    })
    this.#socket = new SignalingSocket({
      prepare: () => this.#prepare(),
      token: options.token,
      isFinal: options.isFinal,
      onOpen: () => this.#opened(),
      onFrame: (frame) => this.#receive(frame),
      onDown: () => this.#down(),
      onUnknown: () => this.#forget(),
      onEnd: (end) => this.#ended(end),
      onFailed: (error) => this.#finish('failed', error),
      ...(options.createSocket ? { createSocket: options.createSocket } : {}),
    })
  }

  /** Goes in. */
  start(): void {
    globalThis.addEventListener?.('online', this.#online)
    this.#socket.open()
  }

  /** Sends a frame to the server; false while there is no connection. */
  send<T extends ClientFrameType>(type: T, data: ClientData[T]): boolean {
    return this.#socket.send(type, data)
  }

  /** Raises or lowers the own hand, shown at once. */
  raiseHand(raised: boolean): void {
    if (!this.send('hand', { raised })) return
    this.#apply('hand', { user_id: this.#self, raised, raised_at: new Date().toISOString(), by: this.#self })
  }

  /** Shows everybody an emoji for a moment. */
  react(emoji: string): void {
    this.send('reaction', { emoji })
  }

  /** Leaves, for good. */
  leave(): void {
    if (this.#over) return
    if (!this.send('leave', {}) && this.#hasPlace) void this.#options.leave().catch(() => undefined)
    this.#finish('left')
  }

  /** Ends the meeting for everybody; false while there is no connection. */
  endForAll(): boolean {
    return this.send('end', {})
  }

  /** Goes on trying at once, after the person asked. */
  retry(): void {
    this.#socket.wake()
  }

  /** Ends everything without a word, as when the page goes. */
  close(): void {
    this.#finish('left')
  }

  get #self(): number {
    return this.#options.self.userId
  }

  async #prepare(): Promise<string> {
    if (!this.#hasPlace) {
      await this.#options.join()
      this.#hasPlace = true
    }
    return this.#options.address(this.#sessionId)
  }

  #opened(): void {
    // Somebody who comes back to a kept place is greeted without asking.
    if (this.#sessionId) return
    this.#asked = true
    this.#known = this.media.wished
    this.send('join', { media_state: this.#known })
  }

  #receive(frame: ServerFrame): void {
    if (this.#over) return
    const before = this.state.get()
    this.state.set(reduce(before, frame))
    const notice = noticeOf(before, frame)
    if (notice) this.#options.onNotice(notice)
    const data = frame.data as never
    this.#handlers[frame.type]?.(data)
  }

  readonly #handlers: { [T in ServerFrame['type']]?: (data: ServerData[T]) => void } = {
    join: (data) => this.#joined(data),
    waiting: (data) => {
      if ('session_id' in data) this.#sessionId = data.session_id
    },
    deny: () => this.#finish('denied'),
    kick: (data) => data.user_id === this.#self && this.#finish('removed'),
    end: () => this.#finish('ended'),
    offer: (data) => this.media.offer(data),
    answer: (data) => this.media.answer(data),
    'ice-candidate': (data) => this.media.candidate(data),
    restart: () => this.media.restart(),
    chat: (data) => this.chat.receive(data),
    'chat-changed': (data) => this.chat.change(data),
    speakers: (data) => this.#heard(data),
    reaction: (data) => this.#reacted(data),
    'media-state': (data) => data.user_id === this.#self && this.#heed(data, data.by !== undefined),
    'mute-request': (data) => data.action === 'mute' && this.#turnOff(data.kind),
    error: (data) => {
      if (data.code === 'REPLACED') this.#finish('replaced')
    },
  }

  #joined(data: ServerData['join']): void {
    // Somebody whose place lapsed comes back to a new one, which knows nothing yet of what they send.
    const unasked = !data.resumed && !this.#asked
    this.#sessionId = data.session_id
    this.#asked = false
    this.media.start(data.media, data.ice_servers)
    // A device that started, or was turned on, since the server last heard of it was not turned off by it.
    this.#heed(data.media_state, !unasked)
    this.#sayMedia(this.media.localState, data.media_state)
    void this.chat.catchUp(data.message_seq).then(() => this.chat.resend())
  }

  /** What the server turned off is turned off here too, so that nothing looks open that is not. */
  #heed(state: MediaState, isOrder: boolean): void {
    const before = this.#known
    this.#known = state
    if (!isOrder || !before) return
    if (before.audio_enabled && !state.audio_enabled) this.#turnOff('audio')
    if (before.video_enabled && !state.video_enabled) this.#turnOff('video')
    if (before.screen_sharing && !state.screen_sharing) this.#turnOff('screen')
  }

  #turnOff(kind: 'audio' | 'video' | 'screen'): void {
    const { local } = this.#options
    if (kind === 'audio') void local.microphone.set(false)
    else if (kind === 'video') void local.camera.set(false)
    else local.stopScreen()
  }

  #sayMedia(state: MediaState, held?: MediaState): void {
    if (this.state.get().phase !== 'joined') return
    if (!held || JSON.stringify(held) !== JSON.stringify(state)) this.send('media-state', state)
    this.#apply('media-state', { ...state, user_id: this.#self, peer_id: this.state.get().peerId })
  }

  #apply<T extends ServerFrame['type']>(type: T, data: ServerData[T]): void {
    this.state.set(
      reduce(this.state.get(), { type, from: this.#self, meeting_id: this.#options.meetingId, data } as ServerFrame),
    )
  }

  #expected(track: RemoteTrack): boolean {
    const { people, layers, phase } = this.state.get()
    const person = people.find((each) => each.userId === track.user_id)
    if (phase !== 'joined' || !person?.online || layers[track.publication_id]?.layer === 'off') return false
    const { media } = person
    return track.source === 'microphone'
      ? media.audio_enabled
      : track.source === 'camera'
        ? media.video_enabled
        : track.source === 'screen' && media.screen_sharing
  }

  #heard({ levels }: ServerData['speakers']): void {
    // -60 dBov and less is silence, -20 is loud speech.
    this.levels.set(
      new Map(levels.map(({ user_id: userId, level }) => [userId, Math.min(1, Math.max(0, (level + 60) / 40))])),
    )
    const speaker = levels.find((each) => each.speaking)?.user_id
    if (speaker !== undefined && speaker !== this.state.get().speakerId) this.state.patch({ speakerId: speaker })
  }

  #reacted({ user_id: userId, emoji }: ServerData['reaction']): void {
    const id = ++this.#reactionIds
    this.reactions.set([...this.reactions.get(), { id, userId, emoji }].slice(-24))
    const timer = setTimeout(() => {
      this.#reactionTimers.delete(timer)
      this.reactions.set(this.reactions.get().filter((each) => each.id !== id))
    }, REACTION_SHOWN)
    this.#reactionTimers.add(timer)
  }

  #down(): void {
    const { phase } = this.state.get()
    if (phase === 'joined') this.state.patch({ phase: 'reconnecting' })
  }

  #forget(): void {
    this.#sessionId = null
    this.#hasPlace = false
  }

  /** Everything anew, in the same place: the media could not be mended. */
  #startOver(): void {
    this.#forget()
    this.#socket.reconnect()
  }

  #ended(end: SocketEnd): void {
    const phases: Record<SocketEnd, Phase> = {
      ended: 'ended',
      replaced: 'replaced',
      left: 'left',
      removed: 'removed',
      unauthorized: 'failed',
    }
    this.#finish(phases[end])
  }

  #finish(phase: Phase, error: unknown = null): void {
    if (this.#over) return
    this.#over = true
    globalThis.removeEventListener?.('online', this.#online)
    this.#socket.close()
    this.media.close()
    this.chat.close()
    for (const timer of this.#reactionTimers) clearTimeout(timer)
    this.state.patch({ phase, error })
  }
}
