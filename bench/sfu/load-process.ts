// The load: publishers and subscribers without browsers, in a process of its own. Spoken to by `fork` messages.
import { PacketRing } from '../../server/workers/sfu/rtp/packet-ring.ts'
import { SrtpOutbound } from '../../server/workers/sfu/srtp/outbound.ts'
import { payloadStart } from '../../server/workers/sfu/rtp/header.ts'
import { percentile } from '../measurement.ts'
import { LoadConnection, remoteEnd } from './load-connection.ts'
import type { LoadResult, Scenario, SignalRequest, ToLoad } from './protocol.ts'

/** One packet in so many is decrypted for the time it was sent at. */
const SAMPLE_EVERY = 16
const TICK_MS = 5

interface Sender {
  connection: LoadConnection
  outbound: SrtpOutbound
  ring: PacketRing
  sequence: number
  owed: number
  ssrc: number
}

interface Stream {
  lowest: number
  highest: number
  received: number
}

const waiting = new Map<number, { resolve(sdp: string): void; reject(error: Error): void }>()
let nextId = 1

function signal(method: SignalRequest['method'], peer: string, sdp: string): Promise<string> {
  const id = nextId++
  process.send!({ type: 'signal', id, method, peer, sdp } satisfies SignalRequest)
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
}

process.on('message', (message: ToLoad) => {
  if (message.type === 'signalled') {
    const call = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.error) call?.reject(new Error(message.error))
    else call?.resolve(message.sdp)
  } else {
    run(message.scenario).then(
      (result) => process.send!({ type: 'result', result }),
      (error: unknown) => process.send!({ type: 'failed', message: String(error) }),
    )
  }
})

async function run(scenario: Scenario): Promise<LoadResult> {
  const senders: Sender[] = []
  const connections: LoadConnection[] = []
  for (let i = 0; i < scenario.publishers; i++) {
    const connection = await LoadConnection.open()
    connections.push(connection)
    senders.push(await publish(connection, `p${i}`))
  }
  const timer = startSending(senders, scenario)
  const streams = new Map<string, Stream>()
  const delays: number[] = []
  let measuring = false
  const subscribers = scenario.everybodySubscribes
    ? Array.from({ length: scenario.subscribers }, (_, i) => `p${i}`)
    : Array.from({ length: scenario.subscribers }, (_, i) => `s${i}`)
  for (const peer of subscribers) {
    const connection = await LoadConnection.open()
    connections.push(connection)
    let count = 0
    connection.onMedia = (datagram) => {
      if (!measuring || (datagram[1]! & 0x7f) !== 96) return
      const ssrc = datagram.readUInt32BE(8)
      note(streams, `${peer} ${ssrc}`, datagram.readUInt16BE(2))
      if (++count % SAMPLE_EVERY !== 0) return
      const at = payloadStart(datagram, datagram.length)
      const length = connection.inbound?.unprotectRtp(datagram, at) ?? -1
      if (length > at + 24) delays.push(performance.now() - datagram.readDoubleBE(at + 16))
    }
    await subscribe(connection, peer)
  }
  await new Promise((resolve) => setTimeout(resolve, scenario.warmUpMs))
  process.send!({ type: 'measuring' })
  measuring = true
  const cpuBefore = process.cpuUsage()
  await new Promise((resolve) => setTimeout(resolve, scenario.measureMs))
  process.send!({ type: 'measured' })
  // What is still on its way when the server's CPU was read belongs to no side.
  measuring = false
  const cpu = process.cpuUsage(cpuBefore)
  clearInterval(timer)
  for (const connection of connections) connection.close()
  let received = 0
  let expected = 0
  for (const stream of streams.values()) {
    received += stream.received
    expected += stream.highest - stream.lowest + 1
  }
  return {
    received,
    expected,
    streams: streams.size,
    delayP50: percentile(delays, 0.5),
    delayP99: percentile(delays, 0.99),
    loadCpuMs: (cpu.user + cpu.system) / 1000,
  }
}

function note(streams: Map<string, Stream>, key: string, sequence: number): void {
  const stream = streams.get(key)
  if (!stream) {
    streams.set(key, { lowest: sequence, highest: sequence, received: 1 })
    return
  }
  stream.received++
  const delta = ((sequence - (stream.highest & 0xffff)) << 16) >> 16
  if (delta > 0) stream.highest += delta
}

async function publish(connection: LoadConnection, peer: string): Promise<Sender> {
  const ssrc = 1000 + Math.floor(Math.random() * 1e9)
  const offer = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    'c=IN IP4 127.0.0.1',
    'a=mid:0',
    'a=sendonly',
    'a=rtcp-mux',
    ...connection.describe('active'),
    'a=rtpmap:96 VP8/90000',
    'a=rtcp-fb:96 nack',
    'a=rtcp-fb:96 nack pli',
    'a=msid:load load',
    `a=ssrc:${ssrc} cname:load`,
    '',
  ].join('\r\n')
  await connection.connect(remoteEnd(await signal('publish', peer, offer)))
  const outbound = new SrtpOutbound(connection.keys!.rtp)
  outbound.remote = {
    key: '',
    address: '',
    port: 0,
    protocol: 'udp',
    transport: null,
    send: (buffer, at, length) => connection.send(buffer, at, length),
  }
  return { connection, outbound, ring: new PacketRing(64), sequence: 1, owed: 0, ssrc }
}

function startSending(senders: Sender[], scenario: Scenario): NodeJS.Timeout {
  const packet = Buffer.alloc(12 + scenario.packetBytes)
  let last = performance.now()
  return setInterval(() => {
    const now = performance.now()
    for (const sender of senders) {
      sender.owed += ((now - last) * scenario.packetsPerSecond) / 1000
      while (sender.owed >= 1) {
        sender.owed--
        queue(sender, packet, now)
      }
      sender.outbound.flush()
    }
    last = now
  }, TICK_MS)
}

/** A VP8 packet: every hundredth begins a key frame, each carries the time at byte 16. */
function queue(sender: Sender, packet: Buffer, now: number): void {
  const sequence = sender.sequence++
  const beginsKeyFrame = sequence % 100 === 1
  packet[12] = beginsKeyFrame ? 0x90 : 0x80
  packet[13] = 0x80
  packet.writeUInt16BE(0x8000 | (Math.floor(sequence / 4) & 0x7fff), 14)
  packet[16] = 0
  packet.writeDoubleBE(now, 28)
  const slot = sender.ring.put(sequence, sequence, packet, 12, packet.length)
  sender.outbound.push({
    ring: sender.ring,
    slot,
    sourceSequence: sequence,
    ssrc: sender.ssrc,
    payloadType: 96,
    marker: sequence % 4 === 3,
    sequence,
    timestamp: (Math.floor(sequence / 4) * 3000) >>> 0,
    audioLevel: -1,
    orientation: -1,
    contentType: -1,
    originalSequence: -1,
    patches: new Int16Array([-1]),
  })
}

async function subscribe(connection: LoadConnection, peer: string): Promise<void> {
  const offer = await signal('subscribe', peer, '')
  const sections = offer.split(/^(?=m=)/m).slice(1)
  const lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0']
  const mids = sections.map((section) => /^a=mid:(\S+)/m.exec(section)![1]!)
  lines.push(`a=group:BUNDLE ${mids.join(' ')}`)
  sections.forEach((_, i) => {
    lines.push(
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'c=IN IP4 127.0.0.1',
      `a=mid:${mids[i]}`,
      'a=recvonly',
      'a=rtcp-mux',
      ...connection.describe('active'),
      'a=rtpmap:96 VP8/90000',
      'a=rtcp-fb:96 nack',
      'a=rtcp-fb:96 nack pli',
    )
  })
  await signal('answer', peer, `${lines.join('\r\n')}\r\n`)
  await connection.connect(remoteEnd(offer))
}
