import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import { socketOptionsFor } from '../dual-stack.ts'

/** Two sockets on neighbouring ports, the even one for sound and the odd one for reports (RFC 3550, section 11). */
export interface PortPair {
  readonly rtp: Socket
  readonly rtcp: Socket
  readonly port: number
}

const MOST_TRIES = 60

/** Finds a free pair within the range. Rejects when none is found in a fair number of tries. */
export async function openPortPair(range: { host: string; portMin: number; portMax: number }): Promise<PortPair> {
  const first = Math.ceil(range.portMin / 2)
  const pairs = Math.floor((range.portMax - 1) / 2) - first + 1
  if (pairs < 1) throw new Error('the range of RTP ports is empty')
  let failure: unknown
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const port = (first + Math.floor(Math.random() * pairs)) * 2
    try {
      const rtp = await bind(port, range.host)
      try {
        return { rtp, rtcp: await bind(port + 1, range.host), port }
      } catch (error) {
        rtp.close()
        throw error
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      failure = error
    }
  }
  throw new Error('no RTP port is free', { cause: failure })
}

async function bind(port: number, host: string): Promise<Socket> {
  const socket = createSocket(socketOptionsFor(host))
  const listening = once(socket, 'listening')
  socket.bind(port, host)
  try {
    await listening
  } catch (error) {
    socket.close()
    throw error
  }
  return socket
}
