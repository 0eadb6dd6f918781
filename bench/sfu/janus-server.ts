import { spawn } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { WebSocket } from 'ws'
import type { ServerUnderLoad } from './protocol.ts'

const JANUS = '/usr/bin/janus'
const FIRST_ROOM = 1234

interface JanusMessage {
  janus: string
  transaction?: string
  sender?: number
  data?: { id: number }
  jsep?: { type: string; sdp: string }
  plugindata?: { data: Record<string, unknown> }
  error?: { reason: string }
}

/** Whether Debian's Janus is installed. */
export function hasJanus(): boolean {
  return existsSync(JANUS)
}

/** Starts Janus with its videoroom plugin and nothing else, ICE-lite like ours. */
export async function startJanus(): Promise<ServerUnderLoad> {
  const folder = mkdtempSync(join(tmpdir(), 'confab-janus-'))
  const port = await freePort()
  const plugins = dirname(globSync('/usr/lib/*/janus/plugins/libjanus_videoroom.so')[0]!)
  const transports = dirname(globSync('/usr/lib/*/janus/transports/libjanus_websockets.so')[0]!)
  const others = (path: string, keep: string) =>
    globSync(`${path}/*.so`)
      .map((file) => file.slice(path.length + 1))
      .filter((file) => file !== keep)
      .join(',')
  writeFileSync(
    join(folder, 'janus.jcfg'),
    `general: { configs_folder = "${folder}"; plugins_folder = "${plugins}"; transports_folder = "${transports}"; debug_level = 2 }
     media: { ipv6 = false }
     nat: { ice_lite = true; full_trickle = false }
     plugins: { disable = "${others(plugins, 'libjanus_videoroom.so')}" }
     transports: { disable = "${others(transports, 'libjanus_websockets.so')}" }`,
  )
  writeFileSync(
    join(folder, 'janus.transport.websockets.jcfg'),
    `general: { json = "compact"; ws = true; ws_port = ${port}; ws_ip = "127.0.0.1" }`,
  )
  const child = spawn(JANUS, ['-F', folder, '-C', join(folder, 'janus.jcfg')], { stdio: 'ignore' })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const api = await connectApi(`ws://127.0.0.1:${port}`)
  const admin = await api.attach()
  const rooms = new Map<string, { id: number; feeds: Map<string, number> }>()
  const roomOf = async (name: string) => {
    let room = rooms.get(name)
    if (room === undefined) {
      room = { id: FIRST_ROOM + rooms.size, feeds: new Map() }
      rooms.set(name, room)
      const terms = { publishers: 100, bitrate: 0, videocodec: 'vp8', transport_wide_cc_ext: true }
      await admin({ request: 'create', room: room.id, ...terms })
    }
    return room
  }
  const subscribers = new Map<string, Awaited<ReturnType<typeof api.attach>>>()
  return {
    name: 'Janus',
    pid: child.pid!,
    publish: async (name, peer, sdp) => {
      const room = await roomOf(name)
      const call = await api.attach()
      const joined = await call({ request: 'join', ptype: 'publisher', room: room.id, display: peer })
      room.feeds.set(peer, joined.plugindata!.data.id as number)
      const answered = await call({ request: 'publish', audio: false, video: true }, { type: 'offer', sdp })
      return answered.jsep!.sdp
    },
    subscribe: async (name, peer) => {
      const room = await roomOf(name)
      const call = await api.attach()
      subscribers.set(`${name} ${peer}`, call)
      const streams = [...room.feeds].filter(([one]) => one !== peer).map(([, feed]) => ({ feed }))
      const attached = await call({ request: 'join', ptype: 'subscriber', room: room.id, streams })
      return attached.jsep!.sdp
    },
    answer: async (name, peer, sdp) => {
      const { id } = await roomOf(name)
      await subscribers.get(`${name} ${peer}`)!({ request: 'start', room: id }, { type: 'answer', sdp })
    },
    close: async () => {
      api.close()
      child.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function connectApi(url: string) {
  const socket = await retryConnect(url)
  const waiting = new Map<string, (message: JanusMessage) => void>()
  let next = 1
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as JanusMessage
    if (message.janus === 'ack' || !message.transaction) return
    waiting.get(message.transaction)?.(message)
    waiting.delete(message.transaction)
  })
  const ask = async (body: Record<string, unknown>): Promise<JanusMessage> => {
    const transaction = String(next++)
    socket.send(JSON.stringify({ ...body, transaction }))
    const reply = await new Promise<JanusMessage>((resolve) => waiting.set(transaction, resolve))
    if (reply.error ?? reply.plugindata?.data.error) throw new Error(`Janus: ${JSON.stringify(reply)}`)
    return reply
  }
  const session = (await ask({ janus: 'create' })).data!.id
  const keepAlive = setInterval(() => void ask({ janus: 'keepalive', session_id: session }).catch(() => {}), 20_000)
  return {
    /** A handle of the videoroom plugin, as a function that sends it a request. */
    attach: async () => {
      const attached = await ask({ janus: 'attach', session_id: session, plugin: 'janus.plugin.videoroom' })
      return (body: Record<string, unknown>, jsep?: { type: string; sdp: string }) =>
        ask({ janus: 'message', session_id: session, handle_id: attached.data!.id, body, ...(jsep ? { jsep } : {}) })
    },
    close: () => {
      clearInterval(keepAlive)
      socket.terminate()
    },
  }
}

async function retryConnect(url: string): Promise<WebSocket> {
  for (let attempt = 0; ; attempt++) {
    const socket = new WebSocket(url, 'janus-protocol')
    const opened = await new Promise<boolean>((resolve) => {
      socket.once('open', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    if (opened) return socket
    if (attempt > 100) throw new Error('Janus does not start')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
