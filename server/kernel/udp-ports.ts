import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import { Fault } from './fault.ts'

const TRIES = 50

/** Two neighbouring UDP ports of loopback, the first one even (RTP and its reports), free a moment ago. @throws Fault `media.no-ports` */
export async function freeUdpPair(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const first = await bind(0)
    if (first === undefined) continue
    const { port } = first.address()
    const second = port % 2 === 0 ? await bind(port + 1) : undefined
    await close(first)
    if (second !== undefined) await close(second)
    if (second !== undefined) return port
  }
  throw new Fault('unavailable', 'media.no-ports', 'No UDP ports are free')
}

async function bind(port: number): Promise<Socket | undefined> {
  const socket = createSocket('udp4')
  try {
    socket.bind(port, '127.0.0.1')
    await once(socket, 'listening')
    return socket
  } catch {
    socket.close()
    return undefined
  }
}

async function close(socket: Socket): Promise<void> {
  const closed = once(socket, 'close')
  socket.close()
  await closed
}

const ALIVE_EVERY_MS = 3_000
/** An RTCP receiver report of nobody about nothing (RFC 3550, section 6.4.2). */
const EMPTY_REPORT = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 0])

/**
 * Sends an empty report to `port` of loopback now and then: ffmpeg takes ten seconds without any packet for the end of
 * a stream, and somebody may well be silent for longer. Returns the function that ends it.
 */
export function keepReceiverAlive(port: number): () => void {
  const socket = createSocket('udp4')
  socket.on('error', () => {})
  socket.unref()
  const timer = setInterval(() => socket.send(EMPTY_REPORT, port, '127.0.0.1', () => {}), ALIVE_EVERY_MS)
  timer.unref()
  let isOver = false
  return () => {
    if (isOver) return
    isOver = true
    clearInterval(timer)
    socket.close()
  }
}
