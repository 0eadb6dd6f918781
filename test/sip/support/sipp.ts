import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'

/** A `sipp` at the other end of the line. */
export interface Sipp {
  /** `127.0.0.1:5062`, `[::1]:5062`. */
  readonly address: string
  readonly port: number
  /** Resolves when the scenario is over: whether everything came as it says; sipp's remarks, repeats included, beside it. */
  readonly verdict: Promise<{ ok: boolean; errors: string }>
  stop(): Promise<void>
}

/** Plays `scenario` for `calls` calls on a free port of 127.0.0.1. */
export async function startSipp(
  scenario: string,
  options: { transport?: 'u1' | 't1'; calls?: number; port?: number; host?: string; more?: readonly string[] } = {},
): Promise<Sipp> {
  const { transport = 'u1', calls = 1, host = '127.0.0.1', more = [] } = options
  const folder = await mkdtemp(join(tmpdir(), 'confab-sipp-'))
  const port = options.port ?? (await freePort(transport === 'u1' ? 'udp' : 'tcp'))
  await writeFile(join(folder, 'scenario.xml'), scenario)
  const child = spawn(
    'sipp',
    ['-sf', 'scenario.xml', '-i', host, '-p', String(port), '-t', transport, '-m', String(calls), '-nostdin']
      .concat(['-trace_err', '-timeout', '25s', '-timeout_error', '-nd', '-mi', host])
      .concat(more),
    { cwd: folder, stdio: 'ignore' },
  )
  const ended = once(child, 'exit')
  const verdict = ended.then(async ([code]) => {
    const names = (await readdir(folder)).filter((name) => name.includes('errors'))
    const errors = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
    return { ok: code === 0, errors: errors.join('\n') }
  })
  const kind = transport === 'u1' ? 'udp' : 'tcp'
  await waitUntilBound(child, port, host.includes(':') ? `${kind}6` : kind)
  return {
    address: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    verdict,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await ended
      }
      await verdict
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Waits until somebody listens on the port, as the system's own table has it. */
export async function waitUntilBound(
  child: ChildProcess,
  port: number,
  kind: 'udp' | 'tcp' | 'udp6' | 'tcp6',
): Promise<void> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')} `
  await vi.waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`)
      const lines = (await readFile(`/proc/net/${kind}`, 'utf8')).split('\n')
      // 0A: a TCP socket that listens.
      const isThere = lines.some((line) => line.includes(wanted) && (kind.startsWith('udp') || line.includes(' 0A ')))
      if (!isThere) throw new Error(`nobody listens on ${kind} port ${port}`)
    },
    { timeout: 10_000, interval: 20 },
  )
}

/** A port that was free a moment ago. */
export async function freePort(kind: 'udp' | 'tcp'): Promise<number> {
  if (kind === 'udp') {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const { port } = socket.address()
    await new Promise<void>((done) => socket.close(done))
    return port
  }
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}
