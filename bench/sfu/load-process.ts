// The load: publishers and subscribers without browsers, in a process of its own. Spoken to by `fork` messages.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { payloadStart } from '../../server/workers/sfu/rtp/header.ts'
import { percentile } from '../measurement.ts'
import { LoadConnection, remoteEnd } from './load-connection.ts'
import { answerTo, Sender } from './load-media.ts'
import type { LoadResult, Scenario, SignalRequest, ToLoad } from './protocol.ts'

/** One packet in so many is decrypted for the time it was sent at. */
const SAMPLE_EVERY = 16
const TICK_MS = 5

interface Stream {
  lowest: number
  highest: number
  received: number
}

const waiting = new Map<number, { resolve(sdp: string): void; reject(error: Error): void }>()
let nextId = 1

function signal(method: SignalRequest['method'], room: string, peer: string, sdp: string): Promise<string> {
  const id = nextId++
  process.send!({ type: 'signal', id, method, room, peer, sdp } satisfies SignalRequest)
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
  const rooms = Array.from({ length: scenario.rooms }, (_, at) => `r${at}`)
  for (const room of rooms) {
    for (let i = 0; i < scenario.publishers; i++) {
      const connection = await LoadConnection.open()
      connections.push(connection)
      senders.push(await publish(connection, room, `p${i}`))
    }
  }
  const timer = startSending(senders, scenario)
  const streams = new Map<string, Stream>()
  const delays: number[] = []
  let measuring = false
  const prefix = scenario.everybodySubscribes ? 'p' : 's'
  const subscribers = rooms.flatMap((room) =>
    Array.from({ length: scenario.subscribers }, (_, i) => ({ room, peer: `${prefix}${i}` })),
  )
  for (const { room, peer } of subscribers) {
    const connection = await LoadConnection.open()
    connections.push(connection)
    let count = 0
    connection.onMedia = (datagram) => {
      if (!measuring || (datagram[1]! & 0x7f) !== 96) return
      const ssrc = datagram.readUInt32BE(8)
      note(streams, `${room} ${peer} ${ssrc}`, datagram.readUInt16BE(2))
      if (++count % SAMPLE_EVERY !== 0) return
      const at = payloadStart(datagram, datagram.length)
      const length = connection.inbound?.unprotectRtp(datagram, at) ?? -1
      if (length > at + 24) delays.push(performance.now() - datagram.readDoubleBE(at + 16))
    }
    await subscribe(connection, room, peer)
  }
  await new Promise((resolve) => setTimeout(resolve, scenario.warmUpMs))
  process.send!({ type: 'measuring' })
  measuring = true
  const cpuBefore = process.cpuUsage()
  const lateness = monitorEventLoopDelay({ resolution: 1 })
  lateness.enable()
  await new Promise((resolve) => setTimeout(resolve, scenario.measureMs))
  process.send!({ type: 'measured' })
  // What is still on its way when the server's CPU was read belongs to no side.
  measuring = false
  const cpu = process.cpuUsage(cpuBefore)
  lateness.disable()
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
    lateP99: lateness.percentile(99) / 1e6,
    connections: connections.length,
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

function startSending(senders: Sender[], scenario: Scenario): NodeJS.Timeout {
  const packet = Buffer.alloc(12 + scenario.packetBytes)
  let last = performance.now()
  return setInterval(() => {
    const now = performance.now()
    for (const sender of senders) {
      sender.owed += ((now - last) * scenario.packetsPerSecond) / 1000
      while (sender.owed >= 1) {
        sender.owed--
        sender.queue(packet, now)
      }
      sender.flush()
    }
    last = now
  }, TICK_MS)
}

async function subscribe(connection: LoadConnection, room: string, peer: string): Promise<void> {
  const offer = await signal('subscribe', room, peer, '')
  await signal('answer', room, peer, answerTo(offer, connection))
  await connection.connect(remoteEnd(offer))
}

async function publish(connection: LoadConnection, room: string, peer: string): Promise<Sender> {
  const sender = new Sender(connection)
  await connection.connect(remoteEnd(await signal('publish', room, peer, sender.offer())))
  sender.connected()
  return sender
}
