import { timingSafeEqual, randomBytes } from 'node:crypto'
import type { TransportRole, TransportState } from '#domains/meetings/media-engine.ts'
import type { DtlsCertificate } from './dtls/certificate.ts'
import { DtlsServer } from './dtls/server.ts'
import type { SrtpMasterKeys } from './dtls/server.ts'
import type { Remote } from './ice/remote.ts'
import type { MediaSockets } from './ice/sockets.ts'
import { bindingError, bindingSuccess } from './ice/stun.ts'
import type { BindingRequest } from './ice/stun.ts'
import { datagramKind, payloadStart } from './rtp/header.ts'
import { SrtpInbound } from './srtp/inbound.ts'
import { SrtpOutbound } from './srtp/outbound.ts'
import { deriveSessionKeys } from './srtp/session-keys.ts'
import { SrtcpOutbound } from './srtp/srtcp-outbound.ts'

/** Without a sign of life for this long a transport is shown as disconnected, and after the other as failed. */
const DISCONNECTED_MS = 6_000
const FAILED_MS = 30_000
const MAX_REMOTES = 16

/** ICE credentials of our side. */
export interface IceCredentials {
  ufrag: string
  password: string
}

/** What a transport hands on. */
export interface TransportHandlers {
  onRtp(packet: Buffer, length: number, payloadAt: number, nowMs: number): void
  onRtcp(data: Buffer, length: number, nowMs: number): void
  onState(state: TransportState): void
}

/**
 * One peer connection's server end: ICE-lite (the client checks, we answer), DTLS, and the SRTP keys that come of it. All of
 * them share the worker's sockets.
 */
export class PeerTransport {
  readonly role: TransportRole
  credentials: IceCredentials
  state: TransportState = 'connecting'
  bytesReceived = 0
  bytesSent = 0
  /** Protects and sends RTP once connected. */
  outbound: SrtpOutbound | null = null
  private readonly sockets: MediaSockets
  private readonly certificate: DtlsCertificate
  private readonly handlers: TransportHandlers
  private previous: IceCredentials | null = null
  private readonly remotes = new Set<Remote>()
  private selected: Remote | null = null
  private dtls: DtlsServer | null = null
  private fingerprints: { algorithm: string; value: string }[] = []
  private inbound: SrtpInbound | null = null
  private srtcp: SrtcpOutbound | null = null
  private lastHeard: number

  constructor(role: TransportRole, sockets: MediaSockets, certificate: DtlsCertificate, handlers: TransportHandlers) {
    this.role = role
    this.sockets = sockets
    this.certificate = certificate
    this.handlers = handlers
    this.credentials = createCredentials()
    this.sockets.register(this.credentials.ufrag, this)
    this.lastHeard = performance.now()
  }

  /** The protocol of the path in use. */
  get protocol(): 'udp' | 'tcp' | null {
    return this.selected?.protocol ?? null
  }

  /** Our certificate's fingerprint as SDP writes it. */
  get fingerprint(): string {
    return this.certificate.fingerprint
  }

  /** The candidates to describe this transport with. */
  get candidates(): string[] {
    return this.sockets.candidates()
  }

  /** What the client's certificate must match; the first description counts, as the connection is keyed once. */
  setRemoteFingerprints(fingerprints: readonly { algorithm: string; value: string }[]): void {
    if (this.fingerprints.length === 0) this.fingerprints = [...fingerprints]
  }

  /** Whether a description is of another connection than the one this transport was keyed for. */
  isForAnother(fingerprints: readonly { algorithm: string; value: string }[]): boolean {
    return this.fingerprints.length > 0 && !fingerprints.some(({ value }) => value === this.fingerprints[0]!.value)
  }

  /** New credentials; the old ones stay good until the client uses the new. */
  restartIce(): void {
    if (this.previous) this.sockets.unregister(this.previous.ufrag)
    this.previous = this.credentials
    this.credentials = createCredentials()
    this.sockets.register(this.credentials.ufrag, this)
    this.lastHeard = performance.now()
  }

  /** Whether a check was made by someone who knows our password. */
  isValidCheck(request: BindingRequest): boolean {
    const credentials = this.credentialsOf(request)
    return credentials !== null && request.isSignedWith(credentials.password)
  }

  /** Answers a valid check and takes the path it came by where the client nominates it. */
  answerCheck(request: BindingRequest, remote: Remote): void {
    const credentials = this.credentialsOf(request)
    if (!credentials || this.state === 'closed') return
    const { transactionId } = request
    const response = request.controlled
      ? bindingError(transactionId, 487, 'Role Conflict', credentials.password)
      : bindingSuccess(transactionId, remote.address, remote.port, credentials.password)
    remote.send(response, 0, response.length)
    if (request.controlled) return
    if (this.previous && credentials === this.credentials) {
      this.sockets.unregister(this.previous.ufrag)
      this.previous = null
      this.selected = null
    }
    this.remotes.add(remote)
    if (!this.selected || request.useCandidate) this.select(remote)
    for (const old of this.remotes) {
      if (this.remotes.size <= MAX_REMOTES) break
      if (old !== this.selected && old !== remote) this.sockets.forget(old)
    }
    this.heard()
  }

  private credentialsOf(request: BindingRequest): IceCredentials | null {
    if (sameText(request.localUfrag, this.credentials.ufrag)) return this.credentials
    return this.previous && sameText(request.localUfrag, this.previous.ufrag) ? this.previous : null
  }

  private select(remote: Remote): void {
    this.selected = remote
    if (this.outbound) this.outbound.remote = remote
  }

  /** The address is gone (a TCP connection ended, or another transport took it). */
  lostRemote(remote: Remote): void {
    this.remotes.delete(remote)
    if (this.selected !== remote) return
    this.selected = null
    const other = this.remotes.values().next().value
    if (other) this.select(other)
    else if (this.outbound) this.outbound.remote = null
  }

  /** Takes a datagram from a validated address. */
  receive(data: Buffer, remote: Remote): void {
    this.bytesReceived += data.length
    const kind = datagramKind(data)
    if (kind === 'rtp') {
      if (!this.inbound) return
      const payloadAt = payloadStart(data, data.length)
      if (payloadAt < 0) return
      const length = this.inbound.unprotectRtp(data, payloadAt)
      if (length < 0) return
      const now = performance.now()
      this.lastHeard = now
      this.handlers.onRtp(data, length, payloadAt, now)
    } else if (kind === 'rtcp') {
      const length = this.inbound ? this.inbound.unprotectRtcp(data) : -1
      if (length >= 0) this.handlers.onRtcp(data, length, performance.now())
    } else if (kind === 'dtls') {
      this.receiveDtls(data, remote)
    }
  }

  private receiveDtls(data: Buffer, remote: Remote): void {
    // Before the client's description is known its handshake waits: it repeats itself.
    if (this.fingerprints.length === 0 || this.state === 'closed') return
    if (!this.selected) this.select(remote)
    this.dtls ??= new DtlsServer({
      certificate: this.certificate,
      fingerprints: this.fingerprints,
      send: (datagram) => this.selected?.send(datagram, 0, datagram.length),
      onConnected: (keys) => this.connected(keys),
      onClosed: () => this.setState('failed'),
    })
    this.dtls.receive(data)
  }

  private connected(keys: SrtpMasterKeys): void {
    this.inbound = new SrtpInbound(deriveSessionKeys(keys.remoteKey, keys.remoteSalt))
    const local = deriveSessionKeys(keys.localKey, keys.localSalt)
    this.outbound = new SrtpOutbound(local.rtp)
    this.outbound.remote = this.selected
    this.srtcp = new SrtcpOutbound(local.rtcp)
    this.setState('connected')
  }

  /** Protects and sends a compound RTCP packet; nothing happens before the transport is connected. */
  sendRtcp(compound: Buffer): void {
    if (!this.srtcp || !this.selected) return
    const data = this.srtcp.protect(compound)
    this.bytesSent += data.length
    this.selected.send(data, 0, data.length)
  }

  /** Looks whether the client is still there; to be called every second. */
  checkLiveness(nowMs: number): void {
    const silence = nowMs - this.lastHeard
    if (silence > FAILED_MS) this.setState('failed')
    else if (silence > DISCONNECTED_MS && this.state === 'connected') this.setState('disconnected')
  }

  private heard(): void {
    this.lastHeard = performance.now()
    if ((this.state === 'disconnected' || this.state === 'failed') && this.inbound) this.setState('connected')
  }

  private setState(state: TransportState): void {
    if (this.state === state || this.state === 'closed') return
    this.state = state
    if (state === 'failed') {
      // Without consent nothing is sent any more (RFC 7675); the next valid check gives it anew.
      this.selected = null
      if (this.outbound) this.outbound.remote = null
    }
    this.handlers.onState(state)
  }

  /** Says goodbye and frees everything. */
  close(): void {
    if (this.state === 'closed') return
    this.dtls?.close()
    this.setState('closed')
    this.sockets.unregister(this.credentials.ufrag)
    if (this.previous) this.sockets.unregister(this.previous.ufrag)
    for (const remote of this.remotes) this.sockets.forget(remote)
    this.outbound = null
    this.inbound = null
  }
}

function createCredentials(): IceCredentials {
  return { ufrag: randomBytes(6).toString('hex'), password: randomBytes(16).toString('hex') }
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
