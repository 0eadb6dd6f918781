import { encodingsOf } from './encodings.ts'
import { LinkWatch } from './link-watch.ts'
import type { LinkState, MediaSource } from './track-types.ts'

/** What the connection needs of the outside. */
export interface PublishOptions {
  iceServers: RTCIceServer[]
  /** Sends our offer; false when there is no socket at present (it is asked again by `resume`). */
  sendOffer: (sdp: string, tracks: { mid: string; source: MediaSource }[]) => boolean
  sendCandidate: (candidate: RTCIceCandidateInit) => void
  /** Asks the server for new ICE credentials of its own, which its next answer carries. */
  askRestart: () => void
  onState: (state: LinkState) => void
}

interface Sending {
  transceiver: RTCRtpTransceiver
  track: MediaStreamTrack | null
}

const ANSWER_WAIT = 10_000

/**
 * The connection we send on: we offer, the server answers. Tracks are put in and taken out without a new offer where the
 * m-line exists already; offers go one at a time. A connection that cannot be repaired is made anew with the same tracks.
 */
export class PublishConnection {
  readonly #options: PublishOptions
  readonly #tracks = new Map<MediaSource, MediaStreamTrack>()
  #sendings = new Map<MediaSource, Sending>()
  #connection: RTCPeerConnection | null = null
  #watch: LinkWatch | null = null
  #negotiating = false
  #wanted: 'no' | 'offer' | 'restart' = 'no'
  /** Answers still to come to offers of connections that were given up. */
  #strayAnswers = 0
  #answerTimer: ReturnType<typeof setTimeout> | undefined
  #early: RTCIceCandidateInit[] = []
  #closed = false

  constructor(options: PublishOptions) {
    this.#options = options
  }

  /** The browser's connection, for its statistics. */
  get connection(): RTCPeerConnection | null {
    return this.#connection
  }

  /** The m-line a source is sent on, once offered. */
  midOf(source: MediaSource): string | null {
    return this.#sendings.get(source)?.transceiver.mid ?? null
  }

  /** Sends these tracks from now on, null where nothing; with one offer at most. */
  async setTracks(tracks: ReadonlyMap<MediaSource, MediaStreamTrack | null>): Promise<void> {
    if (this.#closed) return
    for (const [source, track] of tracks) {
      if (track) this.#tracks.set(source, track)
      else this.#tracks.delete(source)
    }
    if (this.#tracks.size === 0 && !this.#connection) return
    const connection = this.#connection ?? this.#open()
    const changed = await Promise.all([...tracks.keys()].map((source) => this.#place(source, connection)))
    if (connection === this.#connection && changed.includes(true)) this.#negotiate('offer')
  }

  /** The server's answer to our offer. */
  async handleAnswer(sdp: string): Promise<void> {
    if (this.#strayAnswers > 0) {
      this.#strayAnswers -= 1
      return
    }
    const connection = this.#connection
    if (connection?.signalingState !== 'have-local-offer') return
    clearTimeout(this.#answerTimer)
    try {
      await connection.setRemoteDescription({ type: 'answer', sdp })
    } catch {
      // The other side is no longer the one we spoke with.
      if (connection === this.#connection) this.rebuild()
      return
    }
    if (connection !== this.#connection) return
    for (const candidate of this.#early.splice(0)) void connection.addIceCandidate(candidate).catch(() => undefined)
    this.#negotiating = false
    if (this.#wanted !== 'no') this.#negotiate(this.#wanted)
  }

  /** A candidate of the server's. */
  async handleCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    if (!this.#connection?.remoteDescription) {
      this.#early.push(candidate)
      return
    }
    await this.#connection.addIceCandidate(candidate).catch(() => undefined)
  }

  /** Seeks new paths (RFC 8445, section 9) while what is sent stays the same. */
  restartIce(): void {
    if (!this.#connection || this.#closed) return
    this.#watch?.repairing()
    this.#negotiate('restart')
  }

  /** The socket is back and the server still knows us: an offer that may have been lost is made again. */
  async resume(): Promise<void> {
    const connection = this.#connection
    this.#strayAnswers = 0
    if (!connection) return
    if (this.#negotiating) {
      clearTimeout(this.#answerTimer)
      if (connection.signalingState === 'have-local-offer')
        await connection.setLocalDescription({ type: 'rollback' }).catch(() => undefined)
      this.#negotiating = false
      this.#wanted = this.#wanted === 'no' ? 'offer' : this.#wanted
    }
    if (connection.connectionState !== 'connected' && connection.connectionState !== 'new') this.#wanted = 'restart'
    if (this.#wanted !== 'no') this.#negotiate(this.#wanted)
  }

  /** Starts over with a new connection: the server lost the old one. `fresh` when it also forgot our offers. */
  rebuild(options: { fresh?: boolean } = {}): void {
    if (this.#closed) return
    this.#strayAnswers = options.fresh ? 0 : this.#strayAnswers + (this.#negotiating && this.#wanted === 'no' ? 1 : 0)
    this.#drop()
    if (this.#tracks.size === 0) return
    const connection = this.#open()
    void Promise.all([...this.#tracks.keys()].map((source) => this.#place(source, connection))).then(() => {
      if (connection === this.#connection) this.#negotiate('offer')
    })
  }

  /** Ends it; the tracks belong to whoever gave them. */
  close(): void {
    this.#closed = true
    this.#drop()
  }

  #open(): RTCPeerConnection {
    const connection = new RTCPeerConnection({ iceServers: this.#options.iceServers, bundlePolicy: 'max-bundle' })
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate && connection === this.#connection) this.#options.sendCandidate(candidate.toJSON())
    })
    this.#watch = new LinkWatch(connection, this.#options.onState, () => this.restartIce())
    this.#connection = connection
    return connection
  }

  /** Puts the present track of a source on its m-line; true when that needs a new offer. */
  async #place(source: MediaSource, connection: RTCPeerConnection): Promise<boolean> {
    const track = this.#tracks.get(source) ?? null
    const sending = this.#sendings.get(source)
    if (!sending) {
      if (!track) return false
      const transceiver = connection.addTransceiver(track, {
        direction: 'sendonly',
        sendEncodings: encodingsOf(source, track),
      })
      this.#sendings.set(source, { transceiver, track })
      if (source === 'screen') await preferResolution(transceiver.sender)
      return true
    }
    if (sending.track === track) return false
    sending.track = track
    await sending.transceiver.sender.replaceTrack(track)
    // A camera that is off keeps its m-line, so that it is back at once; a screen that ended is taken away.
    const direction: RTCRtpTransceiverDirection =
      track || source === 'camera' || source === 'microphone' ? 'sendonly' : 'inactive'
    if (sending.transceiver.direction === direction) return false
    sending.transceiver.direction = direction
    return true
  }

  #negotiate(what: 'offer' | 'restart'): void {
    if (this.#negotiating) {
      if (this.#wanted !== 'restart') this.#wanted = what
      return
    }
    this.#negotiating = true
    this.#wanted = 'no'
    void this.#offer(what === 'restart')
  }

  async #offer(iceRestart: boolean): Promise<void> {
    const connection = this.#connection
    if (!connection) return
    try {
      const offer = await connection.createOffer({ iceRestart })
      await connection.setLocalDescription(offer)
    } catch {
      if (connection === this.#connection) this.rebuild()
      return
    }
    if (connection !== this.#connection) return
    if (iceRestart) this.#options.askRestart()
    const tracks = [...this.#sendings].flatMap(([source, { transceiver }]) =>
      transceiver.mid ? [{ mid: transceiver.mid, source }] : [],
    )
    if (this.#options.sendOffer(connection.localDescription?.sdp ?? '', tracks)) {
      this.#answerTimer = setTimeout(() => connection === this.#connection && this.rebuild(), ANSWER_WAIT)
    } else {
      this.#wanted = iceRestart ? 'restart' : 'offer'
    }
  }

  #drop(): void {
    clearTimeout(this.#answerTimer)
    this.#watch?.close()
    this.#connection?.close()
    this.#connection = null
    this.#sendings = new Map()
    this.#early = []
    this.#negotiating = false
    this.#wanted = 'no'
  }
}

async function preferResolution(sender: RTCRtpSender): Promise<void> {
  const parameters = sender.getParameters()
  parameters.degradationPreference = 'maintain-resolution'
  await sender.setParameters(parameters).catch(() => undefined)
}
