import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A network namespace joined to ours by a cable that carries no UDP. */
export interface FirewalledNetwork {
  /** Our end of the cable, as programs in there reach us. */
  readonly hostAddress: string
  /** Writes a program that runs `command` in there, and answers its path. */
  wrap(command: string): Promise<string>
  /** Runs a command in there and answers what it printed. */
  exec(command: string, args: readonly string[]): Promise<string>
  close(): Promise<void>
}

/**
 * Makes one, as root on Linux with iproute2; a string says why the machine does not let us. UDP is stopped by a routing
 * rule, which needs neither a packet filter nor a kernel module.
 */
export async function openFirewalledNetwork(): Promise<FirewalledNetwork | string> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'network namespaces need Linux and root'
  const id = randomBytes(3).toString('hex')
  const name = `confab-${id}`
  const [outer, inner] = [`cf${id}o`, `cf${id}i`]
  const subnet = `10.${201 + (Number.parseInt(id.slice(0, 2), 16) % 50)}.${Number.parseInt(id.slice(2, 4), 16)}`
  const folder = await mkdtemp(join(tmpdir(), 'confab-namespace-'))
  const ip = (...args: string[]) => run('ip', args, { timeout: 10_000 })
  const close = async (): Promise<void> => {
    // The cable goes with the namespace; where there is none yet, there is nothing to take away.
    await ip('netns', 'del', name).catch(() => undefined)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await ip('netns', 'add', name)
    await ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner)
    await ip('link', 'set', inner, 'netns', name)
    await ip('addr', 'add', `${subnet}.1/30`, 'dev', outer)
    await ip('link', 'set', outer, 'up')
    await ip('-n', name, 'addr', 'add', `${subnet}.2/30`, 'dev', inner)
    await ip('-n', name, 'link', 'set', inner, 'up')
    await ip('-n', name, 'link', 'set', 'lo', 'up')
    await ip('-n', name, 'rule', 'add', 'ipproto', 'udp', 'to', `${subnet}.0/30`, 'priority', '10', 'blackhole')
  } catch (error) {
    await close()
    return `this machine does not let us make network namespaces: ${(error as Error).message.trim()}`
  }
  return {
    hostAddress: `${subnet}.1`,
    wrap: async (command) => {
      const path = join(folder, 'run')
      await writeFile(path, `#!/bin/sh\nexec ip netns exec ${name} ${command} "$@"\n`)
      await chmod(path, 0o700)
      return path
    },
    exec: async (command, args) => {
      const { stdout } = await run('ip', ['netns', 'exec', name, command, ...args], { timeout: 15_000 })
      return stdout
    },
    close,
  }
}
