import type { ClientData, ClientFrameType, MediaState, ServerData } from '#contracts/schemas/signaling.ts'
import { LevelMeter } from './level-meter.ts'
import type { LocalMedia } from './local-media.ts'
import { MediaWatch } from './media-watch.ts'
import { PublishConnection } from './publish-connection.ts'
import { SubscribeConnection } from './subscribe-connection.ts'
import { TileWishes } from './tile-wishes.ts'
import type { LinkState, RemoteTrack } from './track-types.ts'

/** What the media side needs of the session. */
export interface RoomMediaOptions {
  local: LocalMedia
  send: <T extends ClientFrameType>(type: T, data: ClientData[T]) => boolean
  onTracks: (tracks: readonly RemoteTrack[]) => void
  onLink: (link: LinkState) => void
  /** The person's own devices changed what they send. */
  onLocalState: (state: MediaState) => void
  /** Media cannot be mended on this session: join anew. */
  onHopeless: () => void
  /** Whether the room knows this track to be sent at present. */
  expected: (track: RemoteTrack) => boolean
}

const LOOK_EVERY = 1000

/** Both peer connections of one person in one room, fed from their devices and looked after. */
export class RoomMedia {
  readonly watch = new MediaWatch()
  readonly wishes: TileWishes
  /** The person's own loudness, also while muted (so that "you are muted" can be said); null before there is a microphone. */
  meter: LevelMeter | null = null
  readonly #options: RoomMediaOptions
  #publish: PublishConnection | null = null
  #subscribe: SubscribeConnection | null = null
  #tracks: readonly RemoteTrack[] = []
  #links: { publish: LinkState; subscribe: LinkState } = { publish: 'new', subscribe: 'new' }
  #metered: MediaStreamTrack | null = null
  #said = ''
  readonly #timer: ReturnType<typeof setInterval>
  readonly #unsubscribe: (() => void)[]

  constructor(options: RoomMediaOptions) {
    this.#options = options
    this.wishes = new TileWishes((data) => options.send('layer', data))
    const { microphone, camera, screen } = options.local
    const follow = () => void this.#follow()
    this.#unsubscribe = [microphone.state.subscribe(follow), camera.state.subscribe(follow), screen.subscribe(follow)]
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY)
    this.#measure()
  }

  /** What the person sends at present. */
  get localState(): MediaState {
    const { microphone, camera } = this.#options.local
    const { wished } = this
    return {
      ...wished,
      audio_enabled: wished.audio_enabled && microphone.state.get().track !== null,
      video_enabled: wished.video_enabled && camera.state.get().track !== null,
    }
  }

  /** What the person wants to send, also where a device is still starting. */
  get wished(): MediaState {
    const { microphone, camera, screen } = this.#options.local
    return {
      audio_enabled: microphone.state.get().on,
      video_enabled: camera.state.get().on,
      screen_sharing: screen.get().video !== null,
    }
  }

  /** The connections, for their statistics. */
  get connections(): { publish: RTCPeerConnection | null; subscribe: RTCPeerConnection | null } {
    return { publish: this.#publish?.connection ?? null, subscribe: this.#subscribe?.connection ?? null }
  }

  /** Opens both connections, or, where the server kept them, sees that nothing was lost meanwhile. */
  start(media: ServerData['join']['media'], iceServers: RTCIceServer[]): void {
    this.#said = JSON.stringify(this.localState)
    if (media === 'kept' && this.#publish) {
      void this.#publish.resume()
      this.wishes.again()
      return
    }
    this.#close()
    this.#publish = new PublishConnection({
      iceServers,
      sendOffer: (sdp, tracks) => this.#options.send('offer', { type: 'offer', transport: 'publish', sdp, tracks }),
      sendCandidate: (candidate) => this.#candidate('publish', candidate),
      askRestart: () => this.#options.send('ice-restart', { transport: 'publish' }),
      onState: (state) => this.#link('publish', state),
    })
    this.#subscribe = new SubscribeConnection({
      iceServers,
      sendAnswer: (sdp) => this.#options.send('answer', { type: 'answer', transport: 'subscribe', sdp }),
      sendCandidate: (candidate) => this.#candidate('subscribe', candidate),
      onTracks: (tracks) => this.#received(tracks),
      onState: (state) => this.#link('subscribe', state),
      onRepair: (fresh) => {
        if (fresh) this.#options.onHopeless()
        else this.#options.send('ice-restart', { transport: 'subscribe' })
      },
    })
    this.wishes.again()
    void this.#sendTracks()
  }

  /** The server's half of the media started anew. */
  restart(): void {
    this.#subscribe?.reset()
    this.#publish?.rebuild({ fresh: true })
    this.wishes.again()
  }

  /** The network changed: new paths for both. */
  restartIce(): void {
    this.#publish?.restartIce()
    this.#subscribe?.restartIce()
  }

  /** The server's offer, for what we see and hear. */
  offer(data: ServerData['offer']): void {
    void this.#subscribe?.handleOffer(data.sdp, data.tracks)
  }

  /** The server's answer, to what we send. */
  answer(data: ServerData['answer']): void {
    void this.#publish?.handleAnswer(data.sdp)
  }

  /** A candidate of the server's. */
  candidate({ transport, ...candidate }: ServerData['ice-candidate']): void {
    void (transport === 'publish' ? this.#publish : this.#subscribe)?.handleCandidate(candidate)
  }

  /** Ends both connections; the devices belong to `LocalMedia`. */
  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    clearInterval(this.#timer)
    this.wishes.close()
    this.meter?.close()
    this.meter = null
    this.#close()
  }

  #close(): void {
    this.#publish?.close()
    this.#subscribe?.close()
    this.#publish = null
    this.#subscribe = null
    this.#links = { publish: 'new', subscribe: 'new' }
    if (this.#tracks.length > 0) this.#received([])
  }

  #received(tracks: readonly RemoteTrack[]): void {
    this.#tracks = tracks
    this.wishes.know(tracks.filter((track) => track.kind === 'video').map((track) => track.publication_id))
    this.#options.onTracks(tracks)
  }

  #candidate(transport: 'publish' | 'subscribe', candidate: RTCIceCandidateInit): void {
    this.#options.send('ice-candidate', { ...candidate, transport })
  }

  #link(which: 'publish' | 'subscribe', state: LinkState): void {
    this.#links[which] = state
    const order: LinkState[] = ['failed', 'interrupted', 'connecting', 'connected', 'new']
    const worse = order.find((each) => this.#links.publish === each || this.#links.subscribe === each)
    this.#options.onLink(worse ?? 'new')
  }

  async #follow(): Promise<void> {
    this.#measure()
    const state = this.localState
    const text = JSON.stringify(state)
    const changed = text !== this.#said
    this.#said = text
    // Told first, so that what was refused while muted is let through when it comes.
    if (changed) this.#options.onLocalState(state)
    await this.#sendTracks()
  }

  async #sendTracks(): Promise<void> {
    const { microphone, camera, screen } = this.#options.local
    await this.#publish?.setTracks(
      new Map([
        ['microphone', microphone.state.get().track],
        ['camera', camera.state.get().track],
        ['screen', screen.get().video],
        ['screen-audio', screen.get().audio],
      ] as const),
    )
  }

  #measure(): void {
    const { track } = this.#options.local.microphone.state.get()
    if (track === this.#metered) return
    this.#metered = track
    this.meter?.close()
    this.meter = track && 'AudioContext' in globalThis ? new LevelMeter(track) : null
  }

  async #look(): Promise<void> {
    if (!this.#publish || document.visibilityState === 'hidden') return
    const { on, track } = this.#options.local.microphone.state.get()
    const camera = this.#options.local.camera.state.get()
    this.meter?.resume()
    await this.watch.look(
      {
        ...this.connections,
        tracks: this.#tracks,
        expected: (each) =>
          this.#options.expected(each) && (each.kind === 'audio' || this.wishes.wanted(each.publication_id)),
        microphoneMid: on && track ? this.#publish.midOf('microphone') : null,
        cameraTrackId: camera.on ? (camera.track?.id ?? null) : null,
        microphoneSilent: track?.muted === true || (this.meter?.running === true && !this.meter.hasSounded()),
      },
      performance.now(),
    )
  }
}
