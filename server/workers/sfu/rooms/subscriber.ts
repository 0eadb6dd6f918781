import { randomInt } from 'node:crypto'
import type { OfferedTrack, TransportState } from '#domains/meetings/media-engine.ts'
import { Prober } from '../congestion/prober.ts'
import { SendSideEstimator } from '../congestion/send-side-estimator.ts'
import type { Publication } from '../forwarding/publication.ts'
import { Subscription } from '../forwarding/subscription.ts'
import { MediaRequestError } from '../protocol.ts'
import { parseRtcp } from '../rtp/rtcp-parse.ts'
import type { RtcpHandlers } from '../rtp/rtcp-parse.ts'
import { writeSourceDescription } from '../rtp/rtcp-write.ts'
import type { ForwardedCodec } from '../sdp/codecs.ts'
import { parseSdp } from '../sdp/parse.ts'
import { writeSubscribeOffer } from '../sdp/write.ts'
import { PeerTransport } from '../transport.ts'
import type { RoomContext } from './context.ts'

/** Chosen so that a client's answer, with both kinds, stays below the 64 KiB of a signalling frame. */
const MAX_MEDIA_PER_KIND = 40

/** One m-line of the subscribe connection. */
interface Slot {
  mid: string
  codec: ForwardedCodec
  subscription: Subscription | null
  /** The client refused it; it is never used again. */
  rejected: boolean
  /** Whether the last description that was agreed on had a track here: only then must its end be agreed on before reuse. */
  agreed: boolean
}

/** What a subscriber tells its peer of. */
export interface SubscriberHandlers {
  onOffer(sdp: string, tracks: OfferedTrack[]): void
  onState(state: TransportState): void
  /** How much a publication matters while there are not enough m-lines; 0 or less: it can wait. */
  rank(publication: Publication): number
  /** Subscriptions were agreed on or ended, or the line came up: the layers have to be chosen anew. */
  onChanged(): void
}

/** The subscribe connection of one peer: m-lines, one outstanding offer at a time, and the feedback of the receiver. */
export class Subscriber {
  readonly transport: PeerTransport
  readonly subscriptions = new Map<string, Subscription>()
  private readonly handlers: SubscriberHandlers
  private readonly slots: Slot[] = []
  private readonly bySsrc = new Map<number, Subscription>()
  private readonly cname = `confab-${randomInt(1, 0x7fffffff)}`
  private outstanding: { sdp: string; tracks: OfferedTrack[]; count: number } | null = null
  private dirty = false
  private version = 1
  private rtcpNow = 0
  private readonly estimator = new SendSideEstimator()
  private readonly prober = new Prober(this.estimator, (bytes) => this.sendProbe(bytes))

  constructor(context: RoomContext, handlers: SubscriberHandlers) {
    this.handlers = handlers
    this.transport = new PeerTransport('subscribe', context.sockets, context.certificate, {
      onRtp: () => {},
      onRtcp: (data, length, nowMs) => {
        this.rtcpNow = nowMs
        parseRtcp(data, length, this.rtcpHandlers)
      },
      onState: (state) => {
        if (state === 'connected') this.activate()
        handlers.onState(state)
      },
    })
  }

  /** Adds a publication; `negotiate` tells the client. */
  add(publication: Publication): void {
    if (this.subscriptions.has(publication.id)) return
    const subscription = new Subscription(publication)
    this.subscriptions.set(publication.id, subscription)
    this.bySsrc.set(subscription.ssrc, subscription)
    this.dirty = true
  }

  /** Takes a publication away. */
  remove(publicationId: string): void {
    const subscription = this.subscriptions.get(publicationId)
    if (!subscription) return
    this.subscriptions.delete(publicationId)
    this.bySsrc.delete(subscription.ssrc)
    subscription.close()
    const slot = this.slots.find((each) => each.subscription === subscription)
    if (slot) slot.subscription = null
    this.dirty = true
  }

  /** Makes an offer of what changed, unless one is out already: then the next answer does it. */
  negotiate(): void {
    if (!this.dirty || this.outstanding) return
    this.dirty = false
    this.placeAll()
    if (this.slots.length === 0) return
    this.outstanding = { ...this.describe(), count: this.slots.length }
    this.handlers.onOffer(this.outstanding.sdp, this.outstanding.tracks)
  }

  /** Gives the m-lines to the subscriptions that matter most; where there are enough, to all. */
  private placeAll(): void {
    for (const { subscription, isPlaced } of this.ranking()) if (!isPlaced) this.place(subscription)
    for (const victim of this.victims()) {
      // Its m-line becomes free with the answer to this offer, and is given away in the next.
      this.slots.find((slot) => slot.subscription === victim)!.subscription = null
      victim.setTarget(null, performance.now())
      victim.output = null
      this.dirty = true
    }
  }

  private ranking(): { subscription: Subscription; rank: number; isPlaced: boolean }[] {
    const placed = new Set(this.slots.map((slot) => slot.subscription))
    const all = [...this.subscriptions.values()].map((subscription) => ({
      subscription,
      rank: this.handlers.rank(subscription.publication),
      isPlaced: placed.has(subscription),
    }))
    return all.sort((a, b) => b.rank - a.rank)
  }

  /** The subscriptions that have to give their m-line to one that matters more. */
  private victims(): Subscription[] {
    const ranking = this.ranking()
    return (['audio', 'video'] as const).flatMap((kind) => {
      const best = ranking.filter(({ subscription }) => subscription.publication.kind === kind)
      const waiting = best.filter(({ isPlaced }) => !isPlaced)
      const weakest = best.filter(({ isPlaced }) => isPlaced).reverse()
      // Voices are ranked by when they were heard last (ms): several people in turn must not push each other out.
      const margin = kind === 'audio' ? 5000 : 0
      return waiting.flatMap(({ rank }, i) => {
        const victim = weakest[i]
        return victim && rank > victim.rank + margin ? victim.subscription : []
      })
    })
  }

  /** Where there are not m-lines enough, gives them to others as people speak and scroll; a few times a second. */
  reconsider(): void {
    if (this.subscriptions.size <= this.slots.length || this.outstanding) return
    if (this.victims().length === 0) return
    this.dirty = true
    this.negotiate()
  }

  private place(subscription: Subscription): void {
    const { codec, kind } = subscription.publication
    const free = this.slots.find(
      (slot) => !slot.subscription && !slot.rejected && !slot.agreed && slot.codec.kind === kind,
    )
    if (free) {
      free.subscription = subscription
      free.codec = codec
    } else if (this.slots.filter((slot) => slot.codec.kind === kind).length < MAX_MEDIA_PER_KIND) {
      this.slots.push({ mid: String(this.slots.length), codec, subscription, rejected: false, agreed: false })
    }
  }

  private describe(): { sdp: string; tracks: OfferedTrack[] } {
    const { credentials, fingerprint, candidates } = this.transport
    const description = { ufrag: credentials.ufrag, password: credentials.password, fingerprint, candidates }
    const tracks: OfferedTrack[] = []
    const media = this.slots.map(({ mid, codec, subscription }) => {
      if (!subscription) return { mid, codec, track: null }
      const { id, peerId, userId, kind, source } = subscription.publication
      tracks.push({ mid, publicationId: id, peerId, userId, kind, source })
      // A peer's microphone and camera share a stream, so that the browser plays them in step; its screen is another.
      const streamId = `${peerId.replaceAll(/[^A-Za-z0-9_-]/g, '_')}-${source.startsWith('screen') ? 'screen' : 'person'}`
      const { ssrc, rtxSsrc } = subscription
      return { mid, codec, track: { ssrc, rtxSsrc, streamId, trackId: id, cname: streamId } }
    })
    return { sdp: writeSubscribeOffer(description, this.version++, media), tracks }
  }

  /** Takes the client's answer and, where things changed meanwhile, makes the next offer. */
  answer(sdp: string): void {
    if (!this.outstanding) return
    const session = parseSdp(sdp)
    const { count, tracks } = this.outstanding
    if (session.media.length !== count || session.media.some((media, i) => media.mid !== this.slots[i]!.mid)) {
      throw new MediaRequestError('media.bad-sdp', 'the answer does not match the offer')
    }
    if (session.fingerprints.length === 0) throw new MediaRequestError('media.bad-sdp', 'the answer has no fingerprint')
    this.outstanding = null
    this.transport.setRemoteFingerprints(session.fingerprints)
    session.media.forEach((media, i) => {
      const slot = this.slots[i]!
      const offered = tracks.some((track) => track.mid === slot.mid)
      slot.rejected ||= media.port === 0
      slot.agreed = offered && !slot.rejected && (media.direction === 'recvonly' || media.direction === 'sendrecv')
    })
    // A track that went away, or came to another m-line, while the offer was out.
    if (this.slots.some((slot) => slot.agreed && !slot.subscription)) this.dirty = true
    this.activate()
    this.negotiate()
  }

  private activate(): void {
    if (this.transport.state !== 'connected' || !this.transport.outbound) return
    this.transport.outbound.sequencer = this.estimator
    for (const slot of this.slots) {
      if (slot.subscription && slot.agreed) slot.subscription.output = this.transport.outbound
    }
    this.handlers.onChanged()
  }

  /** Whether an offer waits for its answer. */
  get hasOffered(): boolean {
    return this.outstanding !== null
  }

  /** The offer that waits for an answer, sent again. */
  repeatOffer(): void {
    if (this.outstanding) this.handlers.onOffer(this.outstanding.sdp, this.outstanding.tracks)
  }

  /** New ICE credentials and an offer with them. */
  restartIce(): void {
    if (this.slots.length === 0) return
    this.transport.restartIce()
    this.outstanding = null
    this.dirty = true
    this.negotiate()
  }

  private readonly rtcpHandlers: RtcpHandlers = {
    onSenderReport: () => {},
    onReceptionReport: (report) => this.bySsrc.get(report.ssrc)?.onReport(report, this.rtcpNow),
    onNack: (ssrc, sequences) => this.bySsrc.get(ssrc)?.onNack(sequences, this.rtcpNow),
    onKeyFrameRequest: (ssrc) => this.bySsrc.get(ssrc)?.requestKeyFrame(this.rtcpNow),
    onBitrateEstimate: (bitsPerSecond) => this.estimator.onRemb(bitsPerSecond),
    onTransportFeedback: (feedback) => {
      this.estimator.onFeedback(feedback, this.rtcpNow)
    },
    onBye: () => {},
  }

  /** Sends sender reports; once a second. */
  report(unixMs: number, nowMs: number): void {
    for (const subscription of this.subscriptions.values()) {
      const report = subscription.output ? subscription.senderReport(unixMs, nowMs) : null
      if (report)
        this.transport.sendRtcp(Buffer.concat([report, writeSourceDescription(subscription.ssrc, this.cname)]))
    }
  }

  /** Bits per second the line is believed to bear, or null while unknown. */
  availableBitrate(nowMs: number): number | null {
    return this.estimator.available(nowMs)
  }

  /** Looks for more where `wanted` bits per second would be of use. */
  probeFor(wanted: number, nowMs: number): void {
    let sending = 0
    for (const subscription of this.subscriptions.values()) sending += subscription.rate.bitsPerSecond(nowMs)
    this.prober.consider(wanted, sending, nowMs)
  }

  private sendProbe(bytes: number): number {
    let sent = 0
    for (const subscription of this.subscriptions.values()) {
      if (sent >= bytes) break
      if (subscription.publication.kind === 'video' && subscription.output) sent += subscription.probe(bytes - sent)
    }
    return sent
  }

  /** The mean round-trip time the receiver's reports tell of, or null. */
  get rttMs(): number | null {
    const known = [...this.subscriptions.values()].flatMap(({ received }) => received.rttMs ?? [])
    return known.length > 0 ? known.reduce((sum, rtt) => sum + rtt, 0) / known.length : null
  }

  /** Ends the connection. */
  close(): void {
    this.prober.stop()
    for (const subscription of this.subscriptions.values()) subscription.close()
    this.subscriptions.clear()
    this.bySsrc.clear()
    this.transport.close()
  }
}
