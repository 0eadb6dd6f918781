import { resolve } from 'node:path'
import { composeInferenceNode } from '../composition/inference-node.ts'
import type { Config } from '../config.ts'
import { lockDataDir } from '#kernel/db/launcher/data-dir-lock.ts'
import { Fault } from '#kernel/fault.ts'
import { createLog } from '#kernel/log.ts'
import { VERSION } from '../version.ts'

/** How long an orderly end may take. */
const STOP_DEADLINE_MS = 15_000

/**
 * Runs a node that does inference for a main server, until SIGTERM or SIGINT; resolves with the exit code.
 * Faults: missing settings, a taken port, a data directory in use.
 */
export async function runNode(config: Config): Promise<number> {
  const { core, ai } = config
  const log = createLog({ level: core.logLevel })
  const stopAsked = new Promise<void>((stop) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop())
  })
  const node = composeInferenceNode(config, log)
  const lock = await lockDataDir(core.dataDir)
  try {
    const port = await node.start().catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      throw new Fault('unavailable', 'server.cannot-listen', `Port ${core.port} is taken by another program`, {
        cause: error,
      })
    })
    const lines = [
      `Confab ${VERSION} is ready as a node.`,
      `  node      http://${core.host}:${port}`,
      `  server    ${ai.nodeServer}`,
      `  data      ${resolve(core.dataDir)}`,
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
    node.registered.then(
      () => process.stdout.write('Registered at the server.\n'),
      () => {},
    )
    await stopAsked
    const deadline = setTimeout(() => process.exit(1), STOP_DEADLINE_MS)
    await node.stop()
    clearTimeout(deadline)
    return 0
  } finally {
    lock.release()
  }
}
