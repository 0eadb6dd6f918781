import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RemoteNode } from '#domains/ai/nodes/roster.ts'
import { taskOf } from '#domains/ai/nodes/work.ts'
import type { RunWork, Work } from '#domains/ai/nodes/work.ts'
import { Fault } from '#kernel/fault.ts'
import { silentLog } from '#kernel/log.ts'
import { createNodeClient } from './node-client.ts'
import { createNodeServer } from './node-server.ts'

const client = createNodeClient()
const never = new AbortController().signal
let folder: string
let server: Server
let node: RemoteNode
let run: RunWork
let admit: () => Promise<void>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-node-client-'))
  admit = async () => {}
  server = await createNodeServer({
    key: 'the-key',
    folder: join(folder, 'work'),
    mostBytes: 1_000_000,
    log: silentLog,
    taskOf,
    run: (model, work) => run(model, work),
    admit: () => admit(),
    check: async () => [{ name: 'm', ok: true, latencyMs: 1, reason: null }],
    load: async () => ({ memory: 5, loadTime: 0.5 }),
    unload: async () => {},
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  node = { id: 'n', address, key: 'the-key' } as RemoteNode
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
  await rm(folder, { recursive: true })
})

async function workOf(task: Work['task'], bytes: Buffer): Promise<Work> {
  const input = join(folder, 'input')
  await writeFile(input, bytes)
  const writes = task.do === 'denoise' || task.do === 'enlarge'
  return { task, input, output: writes ? join(folder, 'output') : undefined, signal: never }
}

describe('work at a node', () => {
  test('sends the file, and brings the result and the file that was made', async () => {
    const bytes = randomBytes(300_000)
    run = async (model, { task, input, output }) => {
      const got = await readFile(input)
      await writeFile(output ?? '', Buffer.concat([got, Buffer.from('!')]))
      return { model, level: task.do === 'denoise' ? task.level : '', size: got.length }
    }
    const work = await workOf({ do: 'denoise', level: 'high' }, bytes)
    expect(await client.run(node, 'rnnoise', work, never)).toEqual({ model: 'rnnoise', level: 'high', size: 300_000 })
    expect((await readFile(work.output ?? '')).equals(Buffer.concat([bytes, Buffer.from('!')]))).toBe(true)
    await expect.poll(() => readdir(join(folder, 'work'))).toEqual([])
  })

  test('of a long sound sends what is to be recognised, and counts times from its beginning', async () => {
    const bytes = randomBytes(200_000)
    run = async (_model, { task, input }) => {
      const spans = task.do === 'recognise' ? task.spans : []
      const got = await readFile(input)
      expect(got.equals(bytes.subarray(32_000, 160_000))).toBe(true)
      return {
        language: 'zh',
        segments: spans.map(({ start, end }) => ({ start: start / 16_000, end: end / 16_000, text: 'x' })),
      }
    }
    const spans = [
      { start: 16_000, end: 32_000 },
      { start: 48_000, end: 80_000 },
    ]
    const result = await client.run(node, 'm', await workOf({ do: 'recognise', spans, language: 'zh' }, bytes), never)
    expect(result).toEqual({
      language: 'zh',
      segments: [
        { start: 1, end: 2, text: 'x' },
        { start: 3, end: 5, text: 'x' },
      ],
    })
  })

  test('passes on what the model says, and sends nothing to a node that is full', async () => {
    run = async () => {
      throw new Fault('unavailable', 'ai.model-failed', 'The model failed: x', { data: { reason: 'x' } })
    }
    const work = await workOf({ do: 'classify' }, randomBytes(1000))
    await expect(client.run(node, 'm', work, never)).rejects.toMatchObject({
      code: 'ai.model-failed',
      data: { reason: 'x' },
    })
    let ran = false
    run = async () => (ran = true)
    admit = () => Promise.reject(new Fault('busy', 'ai.busy', 'full'))
    await expect(client.run(node, 'm', work, never)).rejects.toMatchObject({ kind: 'busy', code: 'ai.busy' })
    expect(ran).toBe(false)
  })

  test('tells a node that is at fault: gone, mute, strange, not ours', async () => {
    const work = await workOf({ do: 'classify' }, randomBytes(1000))
    const failed = { code: 'ai.node-failed' }
    run = async () => server.closeAllConnections()
    await expect(client.run(node, 'm', work, never)).rejects.toMatchObject(failed)
    run = async () => {
      throw new Error('a bug there')
    }
    await expect(client.run(node, 'm', work, never)).rejects.toMatchObject(failed)
    await expect(client.run({ ...node, key: 'another' }, 'm', work, never)).rejects.toMatchObject(failed)
    await expect(client.run({ ...node, address: 'http://127.0.0.1:1' }, 'm', work, never)).rejects.toMatchObject(failed)
    const gone = new AbortController()
    run = async () => {
      gone.abort(new Fault('unavailable', 'ai.node-failed', 'silent'))
      await new Promise(() => {})
    }
    await expect(client.run(node, 'm', work, gone.signal)).rejects.toMatchObject({ message: 'silent' })
  })

  test('that nobody waits for any more ends at the node too', async () => {
    const given = Promise.withResolvers<AbortSignal>()
    run = async (_model, { signal }) => {
      given.resolve(signal)
      await once(signal, 'abort')
      throw signal.reason
    }
    const hungUp = new AbortController()
    const work = await workOf({ do: 'classify' }, randomBytes(1000))
    const asked = expect(client.run(node, 'm', { ...work, signal: hungUp.signal }, never)).rejects.toThrow('gone')
    const there = await given.promise
    hungUp.abort(new Fault('unavailable', 'request.hung-up', 'gone'))
    await asked
    await expect.poll(() => there.aborted).toBe(true)
    await expect.poll(() => readdir(join(folder, 'work'))).toEqual([])
  })

  test('more than a node takes is refused there', async () => {
    run = async () => null
    const work = await workOf({ do: 'classify' }, randomBytes(1_000_001))
    await expect(client.run(node, 'm', work, never)).rejects.toMatchObject({ code: 'ai.node-failed' })
  })
})

test('a node is asked for a sign of life, and to load and free models', async () => {
  expect(await client.check(node)).toEqual([{ name: 'm', ok: true, latencyMs: 1, reason: null }])
  expect(await client.load(node, 'm')).toEqual({ memory: 5, loadTime: 0.5 })
  expect(await client.unload(node, 'm')).toBeUndefined()
})
