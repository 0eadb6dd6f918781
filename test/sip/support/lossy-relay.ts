import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** A relay that loses the first copy of everything we send. */
export interface LossyRelay {
  readonly address: string
  readonly lost: number
  /** The first lines of what got through. */
  readonly passed: readonly string[]
  close(): Promise<void>
}

/** Stands between us and `port`, both ways. */
export async function startLossyRelay(port: number): Promise<LossyRelay> {
  const front = createSocket('udp4')
  const back = createSocket('udp4')
  for (const socket of [front, back]) {
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
  }
  const seen = new Set<string>()
  const passed: string[] = []
  let lost = 0
  let us: { address: string; port: number } | undefined
  front.on('message', (bytes, from) => {
    us = { address: from.address, port: from.port }
    const text = bytes.toString()
    // An ACK to a 2xx is sent anew with a branch of its own: it is the same message all the same.
    const key = text.replace(/branch=\S+/g, '')
    if (!seen.has(key)) {
      seen.add(key)
      lost++
      return
    }
    passed.push(text.split('\r\n', 1)[0] ?? '')
    back.send(bytes, port, '127.0.0.1')
  })
  back.on('message', (bytes) => {
    if (us !== undefined) front.send(bytes, us.port, us.address)
  })
  return {
    address: `127.0.0.1:${front.address().port}`,
    get lost() {
      return lost
    },
    passed,
    close: async () => {
      await Promise.all([front, back].map((socket) => new Promise<void>((done) => socket.close(done))))
    },
  }
}
