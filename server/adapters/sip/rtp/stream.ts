import { randomBytes } from 'node:crypto'
import { plainAddress } from '../dual-stack.ts'
import { silenceOf } from './g711.ts'
import { Latch } from './latch.ts'
import { RTP_HEADER, parseRtp, writeRtpHeader } from './packet.ts'
import type { PortPair } from './port-pair.ts'
import type { SoundStats, SoundTarget } from './protocol.ts'
import { Reception, roundTripOf } from './reception.ts'
import { parseReports, writeReport } from './rtcp.ts'
import { FRAME_SAMPLES, Script } from './script.ts'
import type { Frame } from './script.ts'
import { KeyListener, writeEvent } from './telephone-event.ts'

/** Milliseconds of sound in a packet. */
export const FRAME_MS = 20
const RATE = 8_000
const REPORT_EVERY_MS = 5_000

export interface StreamHandlers {
  readonly onKey: (key: string) => void
  readonly onPlayed: () => void
}

/** The sound of one call: packets out on time, keys and reports in and out. Time is given by whoever ticks it. */
export class RtpStream {
  private readonly ports: PortPair
  private readonly handlers: StreamHandlers
  private readonly ssrc = randomBytes(4).readUInt32BE()
  private readonly cname = randomBytes(8).toString('hex')
  private sequence = randomBytes(2).readUInt16BE()
  private timestamp = randomBytes(4).readUInt32BE()
  private keyTimestamp = 0
  private target: SoundTarget | undefined
  private latch: Latch | undefined
  private script: Script | undefined
  private isHeld = false
  private isPlayed = false
  /** A pause is over: the next packet says so by its marker. */
  private isAfterPause = true
  /** When the next packet is due, by the clock of the ticks; undefined while nothing is sent. */
  due: number | undefined
  private nextReport = 0
  private reception: Reception | undefined
  private senderReport: { ntp: number; atMs: number } | undefined
  private readonly keys = new KeyListener()
  private sent = 0
  private octets = 0
  private late = 0
  private maxLateMs = 0
  private strangers = 0
  private roundTripMs: number | undefined
  private remoteLost: number | undefined

  constructor(ports: PortPair, handlers: StreamHandlers) {
    this.ports = ports
    this.handlers = handlers
    ports.rtp.on('message', (bytes, { address, port }) => {
      this.receive(bytes, { address: plainAddress(address), port })
    })
    ports.rtcp.on('message', (bytes, from) => this.receiveReports(bytes, from))
    // A port that is closed over there comes back as an error here (ICMP); the call's own end decides.
    ports.rtp.on('error', () => {})
    ports.rtcp.on('error', () => {})
  }

  get port(): number {
    return this.ports.port
  }

  connect(target: SoundTarget): void {
    const before = this.target
    this.target = target
    // The same place again (a refresh) keeps what was learnt about it.
    const isSame = before?.address === target.address && before.port === target.port
    if (!isSame || this.latch === undefined) this.latch = new Latch(target)
  }

  play(script: { keys: string; sound: Uint8Array }, now: number): void {
    // Keys need a payload type of theirs; without one there is no way to press them.
    this.script = new Script(this.target?.eventType === undefined ? '' : script.keys, script.sound)
    this.isPlayed = false
    this.due ??= now
    this.nextReport = now + REPORT_EVERY_MS * (0.5 + Math.random() / 2)
  }

  hold(isHeld: boolean, now: number): void {
    if (isHeld === this.isHeld) return
    this.isHeld = isHeld
    this.isAfterPause = true
    if (this.script === undefined) return
    this.due = isHeld ? undefined : now
  }

  /** Sends whatever is due at `now`. */
  tick(now: number): void {
    while (this.due !== undefined && this.due <= now) {
      const lateMs = now - this.due
      if (lateMs > FRAME_MS) this.late++
      if (lateMs > this.maxLateMs) this.maxLateMs = lateMs
      this.due += FRAME_MS
      this.sendFrame()
    }
    if (this.due !== undefined && now >= this.nextReport) {
      this.nextReport = now + REPORT_EVERY_MS * (0.5 + Math.random())
      this.report(false)
    }
  }

  private sendFrame(): void {
    const { script, target } = this
    if (script === undefined || target === undefined) return
    const frame = script.next()
    this.sendPacket(frame, target)
    this.timestamp = (this.timestamp + FRAME_SAMPLES) >>> 0
    if (script.isOver && !this.isPlayed) {
      this.isPlayed = true
      this.handlers.onPlayed()
    }
  }

  private sendPacket(frame: Frame, target: SoundTarget): void {
    const isKey = frame.type === 'key'
    const packet = Buffer.allocUnsafe(RTP_HEADER + (isKey ? 4 : FRAME_SAMPLES))
    if (isKey && frame.isFirst) this.keyTimestamp = this.timestamp
    writeRtpHeader(packet, {
      payloadType: isKey ? (target.eventType ?? 101) : target.payloadType,
      marker: isKey ? frame.isFirst : this.isAfterPause,
      sequence: this.sequence,
      timestamp: isKey ? this.keyTimestamp : this.timestamp,
      ssrc: this.ssrc,
    })
    if (isKey) writeEvent(packet, RTP_HEADER, frame)
    else {
      packet.fill(silenceOf(target.codec), RTP_HEADER)
      if (frame.type === 'sound') packet.set(frame.codes, RTP_HEADER)
    }
    this.isAfterPause = isKey
    this.sequence = (this.sequence + 1) & 0xffff
    this.sent++
    this.octets += packet.length - RTP_HEADER
    const { address, port } = this.latch?.destination ?? target
    this.ports.rtp.send(packet, port, address, ignore)
  }

  private receive(bytes: Buffer, from: { address: string; port: number }): void {
    const { target, latch } = this
    const packet = parseRtp(bytes)
    if (target === undefined || latch === undefined || packet === undefined) return
    const isKey = packet.payloadType === target.eventType
    // A packet of a type that was never agreed on settles nothing.
    if (!isKey && packet.payloadType !== target.payloadType) return
    if (!latch.accepts(from)) {
      this.strangers++
      return
    }
    if (this.reception?.ssrc !== packet.ssrc) this.reception = new Reception(packet.ssrc, packet.sequence)
    this.reception.take(packet, performance.now(), RATE)
    const key = isKey ? this.keys.take(packet.timestamp, packet.payload) : undefined
    if (key !== undefined) this.handlers.onKey(key)
  }

  private receiveReports(bytes: Buffer, from: { address: string }): void {
    if (plainAddress(from.address) !== this.latch?.destination.address) return
    const reports = parseReports(bytes, this.ssrc)
    if (reports === undefined) return
    const now = Date.now()
    if (reports.senderReport !== undefined) this.senderReport = { ntp: reports.senderReport, atMs: now }
    if (reports.aboutUs === undefined) return
    this.remoteLost = reports.aboutUs.lost
    this.roundTripMs = roundTripOf(reports.aboutUs, now) ?? this.roundTripMs
  }

  private report(isLast: boolean): void {
    const destination = this.latch?.destination
    if (destination === undefined) return
    const nowMs = Date.now()
    const blocks = this.reception === undefined ? [] : [this.reception.report(nowMs, this.senderReport)]
    const { ssrc, timestamp, sent: packets, octets } = this
    const sender = { ssrc, nowMs, timestamp, packets, octets }
    const bytes = writeReport(sender, blocks, { cname: this.cname, isLast })
    this.ports.rtcp.send(bytes, destination.port + 1, destination.address, ignore)
  }

  /** Says goodbye, closes both sockets, and tells what there was. */
  async close(): Promise<SoundStats> {
    this.due = undefined
    if (this.sent > 0) this.report(true)
    await Promise.all(
      [this.ports.rtp, this.ports.rtcp].map((socket) => new Promise<void>((done) => socket.close(done))),
    )
    const { sent, late, maxLateMs, strangers, roundTripMs, remoteLost } = this
    const received = this.reception?.received ?? 0
    return { sent, received, lost: this.reception?.lost ?? 0, late, maxLateMs, strangers, roundTripMs, remoteLost }
  }
}

/** What cannot be sent is lost, as with any packet. */
function ignore(): void {}
