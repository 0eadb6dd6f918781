import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createEngines } from '#adapters/ai/engines.ts'
import { createMachine } from '#adapters/ai/machine.ts'
import { createMainServer } from '#adapters/ai/main-server.ts'
import { createNodeServer } from '#adapters/ai/node-server.ts'
import type { NodeReport } from '#contracts/schemas/ai.ts'
import { RNNOISE } from '#domains/ai/denoising.ts'
import { createLocalModels } from '#domains/ai/local-models.ts'
import { createAgent } from '#domains/ai/nodes/agent.ts'
import { runHere } from '#domains/ai/nodes/spread-model.ts'
import { taskOf } from '#domains/ai/nodes/work.ts'
import type { LocalModel } from '#domains/ai/ports.ts'
import { systemClock } from '#kernel/clock.ts'
import { Fault } from '#kernel/fault.ts'
import { randomToken } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import type { Config } from '../config.ts'
import { VERSION } from '../version.ts'
import { createModelKeeping } from './ai-keeping.ts'

const MIB = 1024 * 1024
const KEY_LENGTH = 48
/** How long a request that is under way may take once the node is told to end. */
const DRAIN_MS = 10_000

/** A process that does inference for a main server, and nothing else: no database, no pages. */
export interface InferenceNode {
  /** Listens, and resolves with the port; registering goes on in the background. */
  start(): Promise<number>
  /** Resolves when the main server has taken the node for the first time. */
  readonly registered: Promise<void>
  stop(): Promise<void>
}

/** Wires a node. @throws Fault `config.invalid` where the main server or the token is not set */
export function composeInferenceNode(config: Config, log: Log): InferenceNode {
  const { core, ai } = config
  const { nodeServer: url, nodeToken: token } = ai
  if (url === undefined || token === undefined) {
    throw new Fault(
      'invalid',
      'config.invalid',
      'With --roles inference alone this is a node of another Confab: set CONFAB_NODE_SERVER to its address and CONFAB_NODE_TOKEN to a token an admin made there',
    )
  }
  const root = join(core.dataDir, 'models')
  const keeping = createModelKeeping({ core, ai, clock: systemClock, log, onChange: () => {} })
  const engines = createEngines({
    log,
    idleMs: ai.idleSeconds * 1000,
    mostWaiting: ai.mostWaiting,
    mostMemory: ai.modelMemoryMiB * MIB,
    threads: ai.threads,
  })
  const builtIn = { [RNNOISE]: engines.openRnnoise() }
  const locals = createLocalModels({ folders: keeping.folders, root, engines, builtIn })
  const machine = createMachine()
  const key = randomToken(KEY_LENGTH)
  const registered = Promise.withResolvers<void>()
  let active = 0
  let agent: ReturnType<typeof createAgent> | undefined
  let server: Awaited<ReturnType<typeof createNodeServer>> | undefined

  const modelOf = async (id: string): Promise<LocalModel> =>
    id === RNNOISE ? builtIn[RNNOISE] : (await locals.open(id)).model

  async function report(): Promise<NodeReport> {
    const installed = (await keeping.folders.list()).filter(({ manifest }) => manifest?.contract !== undefined)
    const able = installed.filter(({ manifest }) => manifest !== undefined && engines.isThere(manifest.engine))
    const loaded = Object.entries(locals.processes).filter(([, { state }]) => state === 'loaded')
    const { percent, total } = machine.memory()
    return {
      cpu: machine.cpu(),
      memory: percent,
      memory_total: total,
      active,
      queue_limit: ai.mostWaiting,
      models: [RNNOISE, ...able.map(({ id }) => id)],
      loaded: loaded.map(([id]) => id),
    }
  }

  async function check(): Promise<unknown[]> {
    const checks: unknown[] = []
    for (const [name, one] of Object.entries(locals.processes)) {
      if (one.state !== 'loaded') continue
      const before = performance.now()
      const reason = await one.ping().then(
        () => null,
        (error: unknown) => (error as Error).message,
      )
      checks.push({ name, ok: reason === null, latencyMs: Math.round(performance.now() - before), reason })
    }
    return checks
  }

  return {
    registered: registered.promise,

    start: async () => {
      const listening = await createNodeServer({
        key,
        folder: join(core.dataDir, 'node-work'),
        mostBytes: Math.max(ai.audioMinutes * 60 * 48_000 * 2, ai.audioMiB * MIB),
        log,
        taskOf,
        admit: async (id) => {
          await modelOf(id)
          if (active >= ai.mostWaiting) {
            throw new Fault('busy', 'ai.busy', 'This node has enough to do', { data: { retryAfterSeconds: 5 } })
          }
        },
        run: async (id, work) => {
          active++
          try {
            return await runHere(await modelOf(id), work)
          } finally {
            active--
          }
        },
        check,
        load: async (id) => {
          const model = await modelOf(id)
          await model.load()
          return { memory: model.memory, loadTime: model.loadTime }
        },
        unload: async (id) => (await modelOf(id)).unload(),
      })
      server = listening
      await new Promise<void>((done, failed) => {
        listening.once('error', failed)
        listening.listen({ host: core.host, port: core.port }, done)
      })
      const { port } = listening.address() as AddressInfo
      const nodeId = ai.nodeName ?? hostname().replaceAll(/[^A-Za-z0-9._-]/g, '-')
      const main = createMainServer({ url, token, nodeId, address: ai.nodeUrl, port, key, version: VERSION })
      agent = createAgent({ main, report, log })
      agent.start().then(registered.resolve, registered.reject)
      return port
    },

    stop: async () => {
      await agent?.stop()
      const open = server
      if (open !== undefined) {
        const late = setTimeout(() => open.closeAllConnections(), DRAIN_MS)
        await new Promise<void>((done) => {
          open.close(() => done())
          open.closeIdleConnections()
        })
        clearTimeout(late)
      }
      await locals.stop()
    },
  }
}
