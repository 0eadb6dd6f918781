import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { payloadLength, payloadStart } from '#workers/sfu/rtp/header.ts'
import { startsKeyFrame } from '#workers/sfu/rtp/payload.ts'
import { writeSenderReport } from '#workers/sfu/rtp/rtcp-write.ts'

/**
 * A track of plain RTP from a file, over and over by the machine's clock: encoded once, so that nothing has to be
 * reckoned while it is sent and a busy machine delays all tracks alike.
 */
interface Packet {
  /** Milliseconds from the beginning of the loop. */
  readonly at: number
  readonly data: Buffer
  /** Whether a decoder can begin with it. */
  readonly isStart: boolean
}

/** A loop begins whenever the clock's seconds are a multiple of these. */
const LOOP_MS = 2_000
/** For this long it is white, or a tone; then black, or nearly silent. */
const ON = 'lt(t,0.5)'
const PAYLOAD_TYPE = 96
const LOOK_MS = 5
const REPORT_MS = 1_000

const TRACKS = {
  video: {
    clockRate: 90_000,
    input: `color=black:s=320x180:r=25,drawbox=t=fill:color=white:enable='${ON}',noise=alls=12:allf=t`,
    codec: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '10', '-b:v', '300k'],
    rtpmap: 'VP8/90000',
  },
  audio: {
    clockRate: 48_000,
    input: `aevalsrc='if(${ON},sin(2*PI*880*t)*0.5,0)+(random(0)-0.5)*0.02':s=48000`,
    codec: ['-c:a', 'libopus', '-b:a', '48k'],
    rtpmap: 'opus/48000/2',
  },
} as const

type Kind = keyof typeof TRACKS

const loops = new Map<Kind, Promise<Packet[]>>()

/** Sends the loop of `kind` to a port of loopback, its reports (RFC 3550, section 6.4.1) one above, until it is stopped. */
export async function sendLoop(kind: Kind, port: number): Promise<{ readonly sdp: string; stop(): void }> {
  const packets = await loopOf(kind)
  const { clockRate, rtpmap } = TRACKS[kind]
  const ssrc = Math.floor(Math.random() * 2 ** 32)
  const socket = createSocket('udp4').unref()
  // Whoever listened may be gone.
  socket.on('error', () => {})
  const began = Date.now()
  let loop = Math.floor(began / LOOP_MS)
  let next = packets.findIndex(({ at, isStart }) => isStart && loop * LOOP_MS + at >= began)
  if (next < 0) next = skipLoop()
  let sent = 0
  let reportedAt = -Infinity

  function skipLoop(): number {
    loop++
    return 0
  }

  const timer = setInterval(() => {
    const now = Date.now()
    for (;;) {
      const packet = packets[next]
      const at = loop * LOOP_MS + (packet?.at ?? 0)
      if (packet === undefined) next = skipLoop()
      else if (at > now) break
      else {
        send(packet, at)
        next++
      }
    }
    if (now - reportedAt < REPORT_MS) return
    reportedAt = now
    const report = writeSenderReport({ ssrc, atMs: now, rtpTimestamp: timestampOf(now), packets: sent, bytes: 0 })
    socket.send(report, port + 1, '127.0.0.1', () => {})
  }, LOOK_MS)

  const timestampOf = (at: number): number => Math.round(((at - began) * clockRate) / 1000) >>> 0

  function send({ data }: Packet, at: number): void {
    const packet = Buffer.from(data)
    packet.writeUInt16BE(sent++ & 0xffff, 2)
    packet.writeUInt32BE(timestampOf(at), 4)
    packet.writeUInt32BE(ssrc, 8)
    socket.send(packet, port, '127.0.0.1', () => {})
  }

  const lines = ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0']
  lines.push(`m=${kind} ${port} RTP/AVP ${PAYLOAD_TYPE}`, `a=rtpmap:${PAYLOAD_TYPE} ${rtpmap}`)
  let isOver = false
  return {
    sdp: `${lines.join('\r\n')}\r\n`,
    stop: () => {
      if (isOver) return
      isOver = true
      clearInterval(timer)
      socket.close()
    },
  }
}

function loopOf(kind: Kind): Promise<Packet[]> {
  const loop = loops.get(kind) ?? encodeLoop(kind)
  loops.set(kind, loop)
  return loop
}

/** Encodes the loop, as fast as it goes, and catches its packets. */
async function encodeLoop(kind: Kind): Promise<Packet[]> {
  const { input, codec, clockRate } = TRACKS[kind]
  const caught: Buffer[] = []
  const socket = createSocket('udp4', (data) => caught.push(data))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  socket.setRecvBufferSize(2 ** 20)
  const { port } = socket.address()
  const from = ['-v', 'error', '-nostdin', '-f', 'lavfi', '-i', input, '-t', String(LOOP_MS / 1000)]
  // Its reports go where nobody listens.
  const to = ['-payload_type', String(PAYLOAD_TYPE), '-f', 'rtp', `rtp://127.0.0.1:${port}?rtcpport=9`]
  const encoder = spawn('ffmpeg', [...from, ...codec, ...to], { stdio: 'ignore' })
  const [code] = (await once(encoder, 'exit')) as [number | null]
  // What it sent last lies in the socket.
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
  socket.close()
  if (code !== 0 || caught.length === 0) throw new Error(`ffmpeg made no ${kind} loop (${code})`)
  const first = caught[0]!.readUInt32BE(4)
  return caught
    .map((data) => ({
      at: (((data.readUInt32BE(4) - first) >>> 0) * 1000) / clockRate,
      data,
      isStart: kind === 'audio' || beginsPicture(data),
    }))
    .filter(({ at }) => at < LOOP_MS)
}

function beginsPicture(packet: Buffer): boolean {
  const start = payloadStart(packet, packet.length)
  return startsKeyFrame('vp8', packet, start, payloadLength(packet, start, packet.length))
}
