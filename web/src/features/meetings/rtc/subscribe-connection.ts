import type { OfferedTrackFrame } from '#contracts/schemas/signaling.ts'
import { LinkWatch } from './link-watch.ts'
import type { LinkState, RemoteTrack } from './track-types.ts'

/** What the connection needs of the outside. */
export interface SubscribeOptions {
  iceServers: RTCIceServer[]
  sendAnswer: (sdp: string) => void
  sendCandidate: (candidate: RTCIceCandidateInit) => void
  /** What there is to see and hear now, after each offer. */
  onTracks: (tracks: readonly RemoteTrack[]) => void
  onState: (state: LinkState) => void
  /** The connection needs an offer with new ICE credentials, or (`fresh`) a whole new connection. */
  onRepair: (fresh: boolean) => void
}

/**
 * The connection we receive on: the server offers, we answer. Offers are taken strictly one after the other. An offer with
 * another DTLS fingerprint comes from a server that started anew, and is answered on a new connection.
 */
export class SubscribeConnection {
  readonly #options: SubscribeOptions
  readonly #streams = new WeakMap<MediaStreamTrack, MediaStream>()
  #connection: RTCPeerConnection | null = null
  #watch: LinkWatch | null = null
  #fingerprint = ''
  #queue: Promise<void> = Promise.resolve()
  #early: RTCIceCandidateInit[] = []
  #repairs = 0
  #closed = false

  constructor(options: SubscribeOptions) {
    this.#options = options
  }

  /** The browser's connection, for its statistics. */
  get connection(): RTCPeerConnection | null {
    return this.#connection
  }

  /** The server's offer and what its m-lines carry. */
  handleOffer(sdp: string, tracks: readonly OfferedTrackFrame[]): Promise<void> {
    this.#queue = this.#queue.then(() => this.#answer(sdp, tracks)).catch(() => this.#ask(true))
    return this.#queue
  }

  /** A candidate of the server's. */
  async handleCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    if (!this.#connection?.remoteDescription) {
      this.#early.push(candidate)
      return
    }
    await this.#connection.addIceCandidate(candidate).catch(() => undefined)
  }

  /** Forgets the connection; the next offer opens another. */
  reset(): void {
    this.#drop()
    this.#options.onTracks([])
  }

  /** Asks for new paths, as after a change of network. */
  restartIce(): void {
    if (this.#connection) this.#ask(false)
  }

  /** Ends it. */
  close(): void {
    this.#closed = true
    this.#drop()
  }

  async #answer(sdp: string, tracks: readonly OfferedTrackFrame[]): Promise<void> {
    if (this.#closed) return
    const fingerprint = /^a=fingerprint:(.+)$/m.exec(sdp)?.[1]?.trim() ?? ''
    if (this.#connection && fingerprint !== this.#fingerprint) this.#drop()
    const connection = this.#connection ?? this.#open()
    this.#fingerprint = fingerprint
    await connection.setRemoteDescription({ type: 'offer', sdp })
    await connection.setLocalDescription(await connection.createAnswer())
    if (connection !== this.#connection) return
    for (const candidate of this.#early.splice(0)) void connection.addIceCandidate(candidate).catch(() => undefined)
    this.#options.sendAnswer(connection.localDescription?.sdp ?? '')
    this.#options.onTracks(this.#remoteTracks(connection, tracks))
  }

  #remoteTracks(connection: RTCPeerConnection, tracks: readonly OfferedTrackFrame[]): RemoteTrack[] {
    const byMid = new Map(connection.getTransceivers().map((transceiver) => [transceiver.mid, transceiver]))
    return tracks.flatMap((offered) => {
      const receiver = byMid.get(offered.mid)?.receiver
      if (!receiver) return []
      const { track } = receiver
      let stream = this.#streams.get(track)
      if (!stream) {
        stream = new MediaStream([track])
        this.#streams.set(track, stream)
      }
      return [{ ...offered, track, receiver, stream }]
    })
  }

  #open(): RTCPeerConnection {
    const connection = new RTCPeerConnection({ iceServers: this.#options.iceServers, bundlePolicy: 'max-bundle' })
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate && connection === this.#connection) this.#options.sendCandidate(candidate.toJSON())
    })
    this.#watch = new LinkWatch(
      connection,
      (state) => {
        if (state === 'connected') this.#repairs = 0
        this.#options.onState(state)
      },
      () => this.#ask(this.#repairs >= 2),
    )
    this.#connection = connection
    return connection
  }

  /** Twice new paths; if that does not help, all anew. */
  #ask(fresh: boolean): void {
    if (this.#closed) return
    this.#repairs = fresh ? 0 : this.#repairs + 1
    this.#watch?.repairing()
    this.#options.onRepair(fresh)
  }

  #drop(): void {
    this.#watch?.close()
    this.#connection?.close()
    this.#connection = null
    this.#fingerprint = ''
    this.#early = []
  }
}
