import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Debian's coturn in a process of its own. */
export interface TurnServer {
  readonly host: string
  readonly port: number
  readonly secret: string
  /** Everything it has logged so far. */
  output(): string
  stop(): Promise<void>
}

const START_TIMEOUT_MS = 20_000

/** An address of this machine that browsers take for a network's; loopback where there is none. */
export function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all.find((one) => one.family === 'IPv4' && !one.internal)?.address ?? '127.0.0.1'
}

/** A port that is free for UDP at this moment. */
async function freePort(host: string): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(0, host)
  await once(socket, 'listening')
  const { port } = socket.address() as AddressInfo
  socket.close()
  await once(socket, 'close')
  return port
}

/** Starts coturn with time-limited credentials, as docs name it; `transports` are those clients reach it by. */
export async function startTurnServer(
  options: { host?: string; secret?: string; transports?: readonly ('udp' | 'tcp')[] } = {},
): Promise<TurnServer> {
  const { host = ownAddress(), secret = 'a secret of the test', transports = ['udp', 'tcp'] } = options
  const folder = await mkdtemp(join(tmpdir(), 'confab-turn-'))
  const port = await freePort(host)
  const child = spawn(
    'turnserver',
    [
      '-n',
      '--no-cli',
      '--no-tls',
      '--no-dtls',
      ...(transports.includes('udp') ? [] : ['--no-udp']),
      ...(transports.includes('tcp') ? [] : ['--no-tcp']),
      '--verbose',
      '--log-file=stdout',
      '--simple-log',
      `--pidfile=${join(folder, 'pid')}`,
      `--userdb=${join(folder, 'turndb')}`,
      `--listening-ip=${host}`,
      `--relay-ip=${host}`,
      `--listening-port=${port}`,
      '--min-port=50000',
      '--max-port=59999',
      '--realm=confab.test',
      '--use-auth-secret',
      `--static-auth-secret=${secret}`,
      '--allow-loopback-peers',
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let printed = ''
  const ready = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`coturn did not start:\n${printed}`)), START_TIMEOUT_MS)
    const fail = (error: unknown): void => {
      clearTimeout(timer)
      reject(error instanceof Error ? error : new Error(`coturn ended (${String(error)}):\n${printed}`))
    }
    child.once('error', fail)
    child.once('exit', fail)
    const look = (line: string): void => {
      printed += `${line}\n`
      if (!/Total General servers/.test(line)) return
      clearTimeout(timer)
      resolve()
    }
    createInterface({ input: child.stdout }).on('line', look)
    createInterface({ input: child.stderr }).on('line', look)
  })
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await ready
  } catch (error) {
    await stop()
    throw error
  }
  return { host, port, secret, output: () => printed, stop }
}
