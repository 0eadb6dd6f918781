import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import { decodeG711 } from '#adapters/sip/rtp/g711.ts'
import { parseRtp, RTP_HEADER, writeRtpHeader } from '#adapters/sip/rtp/packet.ts'
import type { RtpPacket } from '#adapters/sip/rtp/packet.ts'
import { parseReports } from '#adapters/sip/rtp/rtcp.ts'

/** The other end of the sound: keeps what it hears, and can speak. */
export interface RtpPeer {
  readonly port: number
  readonly packets: readonly (RtpPacket & { readonly at: number; readonly from: number })[]
  /** Where it was heard from last. */
  readonly heardFrom: { address: string; port: number } | undefined
  /** Reports that came to the odd port. */
  readonly reports: readonly Buffer[]
  /** The samples of every packet of sound, in order. */
  samples(): Int16Array
  send(packet: { payloadType: number; sequence: number; timestamp: number; payload: Buffer; marker?: boolean }): void
  close(): Promise<void>
}

/** Opens a peer on a free pair of ports. */
export async function openRtpPeer(codec: 'PCMU' | 'PCMA' = 'PCMU', host = '127.0.0.1'): Promise<RtpPeer> {
  const [rtp, rtcp] = await openPair(host)
  const packets: (RtpPacket & { at: number; from: number })[] = []
  const reports: Buffer[] = []
  let heardFrom: { address: string; port: number } | undefined
  rtp.on('message', (bytes, from) => {
    const packet = parseRtp(Buffer.from(bytes))
    if (packet === undefined) return
    heardFrom = { address: from.address, port: from.port }
    packets.push({ ...packet, at: performance.now(), from: from.port })
  })
  rtcp.on('message', (bytes) => {
    if (parseReports(bytes, 0) !== undefined) reports.push(Buffer.from(bytes))
  })
  const payloadType = codec === 'PCMU' ? 0 : 8
  return {
    port: rtp.address().port,
    packets,
    reports,
    get heardFrom() {
      return heardFrom
    },
    samples: () => {
      const sound = packets.filter((packet) => packet.payloadType === payloadType)
      return decodeG711(Buffer.concat(sound.map((packet) => packet.payload)), codec)
    },
    send: ({ payload, marker = false, ...header }) => {
      if (heardFrom === undefined) throw new Error('nothing was heard yet')
      const packet = Buffer.alloc(RTP_HEADER + payload.length)
      writeRtpHeader(packet, { ...header, marker, ssrc: 0x1234_5678 })
      payload.copy(packet, RTP_HEADER)
      rtp.send(packet, heardFrom.port, heardFrom.address)
    },
    close: async () => {
      await Promise.all([rtp, rtcp].map((socket) => new Promise<void>((done) => socket.close(done))))
    },
  }
}

async function openPair(host: string): Promise<[Socket, Socket]> {
  const type = host.includes(':') ? 'udp6' : 'udp4'
  for (;;) {
    const port = 2 * Math.floor(12_000 + Math.random() * 8_000)
    const pair = [createSocket(type), createSocket(type)] as [Socket, Socket]
    try {
      for (const [at, socket] of pair.entries()) {
        socket.bind(port + at, host)
        await once(socket, 'listening')
      }
      return pair
    } catch {
      for (const socket of pair) socket.close()
    }
  }
}
