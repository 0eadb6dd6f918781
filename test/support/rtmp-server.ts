import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const require = createRequire(import.meta.url)

const PROGRAM = `
const NodeMediaServer = require(process.argv[1])
new NodeMediaServer({ bind: '127.0.0.1', rtmp: { port: Number(process.argv[2]) }, store: { path: process.argv[3] } }).run()
`

/** node-media-server in a process of its own, which can be killed and started again on its port. */
export interface RtmpServer {
  readonly port: number
  start(): Promise<void>
  kill(): Promise<void>
  /** Kills it for good. */
  close(): Promise<void>
}

/** A port that was free a moment ago, and a server for it, not yet started. */
export async function createRtmpServer(): Promise<RtmpServer> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  const folder = await mkdtemp(join(tmpdir(), 'confab-rtmp-'))
  let child: ChildProcess | undefined
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  return {
    port,
    kill,
    start: async () => {
      const path = require.resolve('node-media-server')
      child = spawn(process.execPath, ['-e', PROGRAM, path, String(port), folder], { stdio: 'ignore', cwd: folder })
      for (;;) {
        if (child.exitCode !== null) throw new Error('the RTMP server did not start')
        if (await answers(port)) return
      }
    },
    close: async () => {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 50))
    return false
  } finally {
    socket.destroy()
  }
}
