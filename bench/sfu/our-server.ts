import { fork } from 'node:child_process'
import type { ServerUnderLoad } from './protocol.ts'

/** Starts the SFU in a process of its own with one worker thread. */
export async function startOurs(): Promise<ServerUnderLoad> {
  const child = fork(new URL('./our-process.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  let nextId = 1
  const waiting = new Map<number, (reply: { sdp: string; error?: string }) => void>()
  const ready = new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the SFU process ended')))
    child.on('message', (message: { type: 'ready' } | { type: 'reply'; id: number; sdp: string; error?: string }) => {
      if (message.type === 'ready') resolve()
      else waiting.get(message.id)?.(message)
    })
  })
  const ask = async (method: string, room: string, peer: string, sdp: string): Promise<string> => {
    const id = nextId++
    child.send({ id, method, room, peer, sdp })
    const reply = await new Promise<{ sdp: string; error?: string }>((resolve) => waiting.set(id, resolve))
    if (reply.error) throw new Error(reply.error)
    return reply.sdp
  }
  await ready
  return {
    name: 'Confab',
    pid: child.pid!,
    publish: (room, peer, offer) => ask('publish', room, peer, offer),
    subscribe: (room, peer) => ask('subscribe', room, peer, ''),
    answer: async (room, peer, answer) => void (await ask('answer', room, peer, answer)),
    close: async () => {
      child.disconnect()
      await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}
