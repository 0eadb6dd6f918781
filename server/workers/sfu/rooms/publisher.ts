import { randomInt } from 'node:crypto'
import type { MediaSource, PublishOffer, TransportState } from '#domains/meetings/media-engine.ts'
import { Publication } from '../forwarding/publication.ts'
import type { PublisherClock } from '../forwarding/publication.ts'
import { ReceiveStream } from '../forwarding/receive-stream.ts'
import type { IncomingPacket, StreamFeedback } from '../forwarding/receive-stream.ts'
import { MediaRequestError } from '../protocol.ts'
import { payloadLength } from '../rtp/header.ts'
import { PacketExtensions } from '../rtp/packet-extensions.ts'
import { parseRtcp } from '../rtp/rtcp-parse.ts'
import type { RtcpHandlers } from '../rtp/rtcp-parse.ts'
import { writeNack, writePictureLoss, writeReceiverReport } from '../rtp/rtcp-write.ts'
import { TransportFeedbackWriter } from '../rtp/transport-feedback.ts'
import { chooseCodec } from '../sdp/codecs.ts'
import type { ChosenCodec } from '../sdp/codecs.ts'
import type { SdpMedia, SdpSession } from '../sdp/parse.ts'
import { writePublishAnswer } from '../sdp/write.ts'
import { PeerTransport } from '../transport.ts'
import type { RoomContext } from './context.ts'

/** m-lines a client may publish on; a track stopped and started again may take a new one each time. */
const MAX_MEDIA = 32
const MAX_STREAMS = 64

/** What one m-line of the publish connection receives. */
interface Receiver {
  mid: string
  source: MediaSource
  publication: Publication
  chosen: ChosenCodec
}

/** What a publisher tells its peer of. */
export interface PublisherHandlers {
  onPublished(publication: Publication): void
  onUnpublished(publication: Publication): void
  onState(state: TransportState): void
  /** RFC 6464: level in -dBov (0 to 127). */
  onAudioLevel(publication: Publication, level: number, nowMs: number): void
  /** A new layer's first packet came. */
  onStream(publication: Publication): void
}

/** The publish connection of one peer: takes its tracks, sorts its packets into streams, and sends feedback on them. */
export class Publisher implements StreamFeedback {
  readonly transport: PeerTransport
  readonly receivers = new Map<string, Receiver>()
  private readonly context: RoomContext
  private readonly peer: { peerId: string; userId: number }
  private readonly handlers: PublisherHandlers
  private readonly clock: PublisherClock = { offsetMs: null }
  private readonly sources = new Map<string, MediaSource>()
  private readonly streams = new Map<number, { receiver: Receiver; stream: ReceiveStream; isRtx: boolean }>()
  private readonly described = new Map<number, { mid: string; rtxOf: number | null }>()
  private readonly extensions = new PacketExtensions()
  private readonly feedback = new TransportFeedbackWriter()
  private readonly ssrc = randomInt(1, 0xffffffff)
  private remoteUfrag = ''
  private version = 1
  private allowed: ReadonlySet<MediaSource>
  private readonly incoming: IncomingPacket = {
    slot: -1,
    sequence: 0,
    timestamp: 0,
    marker: false,
    startsKeyFrame: false,
    payloadLength: 0,
    audioLevel: -1,
    orientation: -1,
    contentType: -1,
  }

  constructor(
    context: RoomContext,
    peer: { peerId: string; userId: number; canPublish: readonly MediaSource[] },
    handlers: PublisherHandlers,
  ) {
    this.context = context
    this.peer = peer
    this.handlers = handlers
    this.allowed = new Set(peer.canPublish)
    this.transport = new PeerTransport('publish', context.sockets, context.certificate, {
      onRtp: (packet, length, payloadAt, nowMs) => this.receiveRtp(packet, length, payloadAt, nowMs),
      onRtcp: (data, length, nowMs) => this.receiveRtcp(data, length, nowMs),
      onState: (state) => handlers.onState(state),
    })
  }

  /** Answers an offer: takes up new tracks, ends those that stopped, restarts ICE where the client did. */
  offer(offer: PublishOffer, session: SdpSession): string {
    if (session.media.length > MAX_MEDIA) throw new MediaRequestError('media.limit', 'too many m-lines')
    if (session.media.length === 0 || session.fingerprints.length === 0 || session.iceUfrag === '') {
      throw new MediaRequestError('media.bad-sdp', 'the offer has no media, no fingerprint or no ICE credentials')
    }
    for (const { mid, source } of offer.tracks ?? []) this.sources.set(mid, source)
    if (this.remoteUfrag !== '' && this.remoteUfrag !== session.iceUfrag) this.transport.restartIce()
    this.remoteUfrag = session.iceUfrag
    this.transport.setRemoteFingerprints(session.fingerprints)
    for (const media of session.media) for (const { id, uri } of media.extensions) this.extensions.map(id, uri)
    const answered = session.media.map((media) => {
      const chosen = media.port === 0 && media.direction === 'inactive' ? null : this.chooseFor(media)
      const sends = media.direction === 'sendrecv' || media.direction === 'sendonly'
      if (chosen && sends) this.receive(media, chosen)
      else this.stop(media.mid)
      return { offered: media, answer: chosen ? { chosen, receive: sends } : null }
    })
    for (const mid of this.receivers.keys()) {
      if (!session.media.some((media) => media.mid === mid)) this.stop(mid)
    }
    const { credentials, fingerprint, candidates } = this.transport
    const description = { ufrag: credentials.ufrag, password: credentials.password, fingerprint, candidates }
    return writePublishAnswer(description, this.version++, answered)
  }

  private chooseFor(media: SdpMedia): ChosenCodec | null {
    return (media.kind === 'audio' || media.kind === 'video') && media.protocol === 'UDP/TLS/RTP/SAVPF'
      ? chooseCodec(media)
      : null
  }

  private receive(media: SdpMedia, chosen: ChosenCodec): void {
    for (const ssrc of media.ssrcs) this.described.set(ssrc, { mid: media.mid, rtxOf: null })
    for (const [primary, rtx] of media.rtxOf) this.described.set(rtx, { mid: media.mid, rtxOf: primary })
    const existing = this.receivers.get(media.mid)
    const source = this.sources.get(media.mid) ?? this.sourceByOrder(chosen.codec.kind)
    this.sources.set(media.mid, source)
    if (existing && existing.source === source && existing.chosen.codec === chosen.codec) return
    if (existing) this.stop(media.mid)
    const publication = new Publication({
      id: this.context.nextId(),
      peerId: this.peer.peerId,
      userId: this.peer.userId,
      source,
      codec: chosen.codec,
      clock: this.clock,
      rids: media.sendRids.length > 1 ? media.sendRids : [],
    })
    publication.setBlocked(!this.allowed.has(source), performance.now())
    publication.refreshState(performance.now())
    this.receivers.set(media.mid, { mid: media.mid, source, publication, chosen })
    this.handlers.onPublished(publication)
  }

  private sourceByOrder(kind: 'audio' | 'video'): MediaSource {
    const taken = new Set([...this.receivers.values()].map((receiver) => receiver.source))
    if (kind === 'audio') return taken.has('microphone') ? 'screen-audio' : 'microphone'
    return taken.has('camera') ? 'screen' : 'camera'
  }

  private stop(mid: string): void {
    const receiver = this.receivers.get(mid)
    if (!receiver) return
    this.receivers.delete(mid)
    for (const [ssrc, entry] of this.streams) if (entry.receiver === receiver) this.streams.delete(ssrc)
    for (const [ssrc, entry] of this.described) if (entry.mid === mid) this.described.delete(ssrc)
    this.handlers.onUnpublished(receiver.publication)
  }

  /** From now on only these sources are let through; returns the publications whose state changed. */
  setAllowed(sources: readonly MediaSource[], nowMs: number): Publication[] {
    this.allowed = new Set(sources)
    const changed: Publication[] = []
    for (const { source, publication } of this.receivers.values()) {
      publication.setBlocked(!this.allowed.has(source), nowMs)
      if (publication.refreshState(nowMs)) changed.push(publication)
      if (!publication.blocked) for (const stream of publication.streams) stream?.requestKeyFrame(nowMs)
    }
    return changed
  }

  private receiveRtp(packet: Buffer, length: number, payloadAt: number, nowMs: number): void {
    const { extensions } = this
    extensions.read(packet)
    if (extensions.transportSequence >= 0) this.feedback.arrived(extensions.transportSequence, nowMs)
    const payload = payloadLength(packet, payloadAt, length)
    if (payload < 0) return
    const entry = this.streams.get(packet.readUInt32BE(8)) ?? this.assign(packet)
    if (!entry) return
    const { receiver, stream, isRtx } = entry
    // A source that is not allowed is dropped here, before anything of it is kept.
    if (receiver.publication.blocked) {
      if (!isRtx) stream.passOver(packet.readUInt16BE(2))
      return
    }
    this.incoming.timestamp = packet.readUInt32BE(4)
    this.incoming.marker = (packet[1]! & 0x80) !== 0
    this.incoming.audioLevel = extensions.audioLevel
    this.incoming.orientation = extensions.orientation
    this.incoming.contentType = extensions.contentType
    if (!isRtx) {
      if (this.incoming.audioLevel >= 0) {
        this.handlers.onAudioLevel(receiver.publication, this.incoming.audioLevel & 0x7f, nowMs)
      }
      stream.receive(packet, payloadAt, payloadAt + payload, packet.readUInt16BE(2), this.incoming, nowMs, false)
    } else if (payload > 2 && stream.highestSequence >= 0) {
      // RFC 4588: the payload begins with the original sequence number; the rest is what was lost.
      const original = packet.readUInt16BE(payloadAt)
      packet.copyWithin(payloadAt, payloadAt + 2, payloadAt + payload)
      stream.receive(packet, payloadAt, payloadAt + payload - 2, original, this.incoming, nowMs, true)
    }
  }

  /** Finds out what an unknown SSRC is: by its MID and RID, else by the description (RFC 8843 section 9.2). */
  private assign(packet: Buffer): { receiver: Receiver; stream: ReceiveStream; isRtx: boolean } | null {
    const ssrc = packet.readUInt32BE(8)
    const described = this.described.get(ssrc)
    const receiver = this.receivers.get(this.extensions.mid || (described?.mid ?? ''))
    if (!receiver || this.streams.size >= MAX_STREAMS) return null
    const payloadType = packet[1]! & 0x7f
    const { chosen, publication } = receiver
    const { rid, repairedRid } = this.extensions
    if (payloadType === chosen.rtxPayloadType) {
      const primary = repairedRid
        ? publication.streams[publication.layerOfRid(repairedRid)]
        : described && described.rtxOf !== null
          ? this.streams.get(described.rtxOf)?.stream
          : publication.rids.length === 0
            ? publication.streams[2]
            : null
      if (!primary) return null
      const entry = { receiver, stream: primary, isRtx: true }
      this.streams.set(ssrc, entry)
      return entry
    }
    if (payloadType !== chosen.payloadType) return null
    if (publication.rids.length > 0 && !publication.rids.includes(rid)) return null
    const layer = publication.rids.length > 0 ? publication.layerOfRid(rid) : 2
    const stream = new ReceiveStream({
      ssrc,
      codec: chosen.codec.name,
      clockRate: chosen.codec.clockRate,
      isVideo: chosen.codec.kind === 'video',
      canRepair: chosen.codec.kind === 'video',
      feedback: this,
    })
    const old = publication.streams[layer]
    if (old) for (const [key, entry] of this.streams) if (entry.stream === old) this.streams.delete(key)
    publication.streams[layer] = stream
    const entry = { receiver, stream, isRtx: false }
    this.streams.set(ssrc, entry)
    this.handlers.onStream(publication)
    return entry
  }

  private receiveRtcp(data: Buffer, length: number, nowMs: number): void {
    this.rtcpNow = nowMs
    parseRtcp(data, length, this.rtcpHandlers)
  }

  private rtcpNow = 0

  private readonly rtcpHandlers: RtcpHandlers = {
    onSenderReport: (ssrc, ntpMs, ntpMiddle, rtpTimestamp) => {
      const stream = this.streams.get(ssrc)?.stream
      if (!stream) return
      stream.senderReport = { ntpMs, ntpMiddle, rtpTimestamp, arrivedAt: this.rtcpNow }
      const offset = performance.timeOrigin + this.rtcpNow - ntpMs
      const known = this.clock.offsetMs
      // The smallest delay seen tells the clocks apart best; a slow rise follows their drift.
      this.clock.offsetMs = known === null || Math.abs(offset - known) > 5000 ? offset : Math.min(offset, known + 0.5)
    },
    onReceptionReport: () => {},
    onNack: () => {},
    onKeyFrameRequest: () => {},
    onBitrateEstimate: () => {},
    onTransportFeedback: () => {},
    onBye: () => {},
  }

  sendNack(stream: ReceiveStream, sequences: number[]): void {
    this.transport.sendRtcp(writeNack(this.ssrc, stream.ssrc, sequences))
  }

  sendKeyFrameRequest(stream: ReceiveStream): void {
    this.transport.sendRtcp(writePictureLoss(this.ssrc, stream.ssrc))
  }

  /** Sends the transport-wide feedback owed and repeats requests; several times a second. */
  tick(nowMs: number, rttMs: number): void {
    let media = 0
    for (const { stream, isRtx } of this.streams.values()) {
      if (isRtx) continue
      media = stream.ssrc
      stream.tick(nowMs, rttMs)
    }
    for (const packet of this.feedback.take(this.ssrc, media)) this.transport.sendRtcp(packet)
  }

  /** Sends receiver reports; once a second. */
  report(nowMs: number): void {
    const reports = [...this.streams.values()].filter((entry) => !entry.isRtx && entry.stream.packets > 0)
    if (reports.length === 0) return
    this.transport.sendRtcp(
      writeReceiverReport(
        this.ssrc,
        reports.slice(0, 31).map((entry) => entry.stream.takeReport(nowMs)),
      ),
    )
  }

  /** Ends the connection and every track of it. */
  close(): void {
    for (const mid of this.receivers.keys()) this.stop(mid)
    this.transport.close()
  }
}
