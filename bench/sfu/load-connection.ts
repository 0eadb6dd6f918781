import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { networkInterfaces } from 'node:os'
import { DtlsClient, RTCDtlsTransport } from 'werift'
import { bindingRequest, bindingSuccess, parseBindingRequest } from '../../server/workers/sfu/ice/stun.ts'
import { datagramKind } from '../../server/workers/sfu/rtp/header.ts'
import { SrtpInbound } from '../../server/workers/sfu/srtp/inbound.ts'
import { deriveSessionKeys } from '../../server/workers/sfu/srtp/session-keys.ts'

/** Where the server end of a connection is and how to be let in. */
export interface RemoteEnd {
  address: string
  port: number
  ufrag: string
  password: string
}

/** The client end of one peer connection, as light as it can be: ICE checks, a DTLS client, and bare datagrams. */
export class LoadConnection {
  readonly ufrag = randomBytes(4).toString('hex')
  readonly password = randomBytes(12).toString('hex')
  onMedia: (datagram: Buffer) => void = () => {}
  inbound: SrtpInbound | null = null
  keys: ReturnType<typeof deriveSessionKeys> | null = null
  private readonly socket: Socket
  private remote: RemoteEnd | null = null
  private timer: NodeJS.Timeout | null = null
  private readonly dtlsTransport = {
    onData: (_data: Buffer) => {},
    send: (data: Buffer) => {
      this.send(data)
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
    closed: false,
    type: 'udp',
    address: ['127.0.0.1', 0],
  }

  private constructor(socket: Socket) {
    this.socket = socket
  }

  /** A connection with a socket of its own. */
  static async open(): Promise<LoadConnection> {
    await RTCDtlsTransport.SetupCertificate()
    const socket = createSocket({ type: 'udp4', lookup: (host, _options, done) => done(null, host, 4) })
    await new Promise<void>((resolve) => socket.bind(0, '0.0.0.0', resolve))
    socket.setRecvBufferSize(4 * 1024 * 1024)
    return new LoadConnection(socket)
  }

  /** Lines of a description about the transport. */
  describe(setup: string): string[] {
    const [print] = RTCDtlsTransport.localCertificate!.getFingerprints()
    return [
      `a=ice-ufrag:${this.ufrag}`,
      `a=ice-pwd:${this.password}`,
      `a=fingerprint:${print!.algorithm} ${print!.value}`,
      `a=setup:${setup}`,
      `a=candidate:1 1 udp 2130706431 ${machineAddress()} ${this.socket.address().port} typ host`,
      'a=end-of-candidates',
    ]
  }

  /** Does the checks and the handshake. */
  async connect(remote: RemoteEnd): Promise<void> {
    this.remote = remote
    await new Promise<void>((resolve, reject) => {
      const tooLate = setTimeout(() => reject(new Error('the server does not connect')), 15_000)
      const check = () => {
        const username = `${remote.ufrag}:${this.ufrag}`
        this.send(bindingRequest(randomBytes(12), username, remote.password, true))
      }
      let checked = false
      this.socket.on('message', (data) => {
        const kind = datagramKind(data)
        if (kind === 'rtp') this.onMedia(data)
        else if (kind === 'dtls') this.dtlsTransport.onData(data)
        else if (kind === 'stun' && data.readUInt16BE(0) === 0x0001) this.answerCheck(data, remote)
        else if (kind === 'stun' && !checked && data.readUInt16BE(0) === 0x0101) {
          checked = true
          clearInterval(this.timer!)
          this.timer = setInterval(check, 2000)
          this.handshake().then(resolve, reject)
          clearTimeout(tooLate)
        }
      })
      check()
      this.timer = setInterval(check, 100)
    })
  }

  private answerCheck(data: Buffer, remote: RemoteEnd): void {
    const request = parseBindingRequest(data)
    if (request) this.send(bindingSuccess(request.transactionId, remote.address, remote.port, this.password))
  }

  private handshake(): Promise<void> {
    const certificate = RTCDtlsTransport.localCertificate!
    const client = new DtlsClient({
      cert: certificate.certPem,
      key: certificate.privateKey,
      signatureHash: certificate.signatureHash,
      transport: this.dtlsTransport as never,
      srtpProfiles: [0x0001],
      extendedMasterSecret: true,
    })
    return new Promise((resolve, reject) => {
      client.onConnect.once(() => {
        const keys = client.extractSessionKeys(16, 14)
        this.keys = deriveSessionKeys(keys.localKey, keys.localSalt)
        this.inbound = new SrtpInbound(deriveSessionKeys(keys.remoteKey, keys.remoteSalt))
        resolve()
      })
      client.onError.once((error) => reject(error instanceof Error ? error : new Error(String(error))))
      client.connect().catch(reject)
    })
  }

  /** Sends a datagram. */
  send(data: Buffer, at = 0, length = data.length): void {
    if (this.remote) this.socket.send(data, at, length, this.remote.port, this.remote.address, () => {})
  }

  /** Frees the socket. */
  close(): void {
    if (this.timer) clearInterval(this.timer)
    this.socket.close()
  }
}

/** What a description says of the server's end; the first loopback or host candidate over UDP is taken. */
export function remoteEnd(sdp: string): RemoteEnd {
  const value = (name: string) => new RegExp(`^a=${name}:(\\S+)`, 'm').exec(sdp)?.[1] ?? ''
  const candidates = [...sdp.matchAll(/^a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host/gim)]
  const candidate = candidates.find((each) => each[1] === machineAddress()) ?? candidates[0]
  if (!candidate) throw new Error('the description has no candidate')
  return { address: candidate[1]!, port: Number(candidate[2]), ufrag: value('ice-ufrag'), password: value('ice-pwd') }
}

/** An address of this machine that Janus gathers too: it leaves out the loopback one. */
function machineAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])
  return all.find((entry) => entry.family === 'IPv4' && !entry.internal)?.address ?? '127.0.0.1'
}
