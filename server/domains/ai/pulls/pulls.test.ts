import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createModelKeeping } from '#server/composition/ai-keeping.ts'
import { readConfig } from '#server/config.ts'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { startModelServer } from '#test/fakes/model-server.ts'
import type { ModelServer, Served } from '#test/fakes/model-server.ts'
import type { Keeping } from '../keeping.ts'

let server: ModelServer
beforeAll(async () => (server = await startModelServer()))
afterAll(() => server.close())

const bytes = randomBytes(200_000)
const sha256 = createHash('sha256').update(bytes).digest('hex')
let dataDir: string
const open: Keeping[] = []

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'confab-pulls-'))
  server.requests.length = 0
})
afterEach(async () => {
  server.release()
  await Promise.all(open.splice(0).map(({ pulls }) => pulls.stop()))
  await rm(dataDir, { recursive: true })
})

/** A process's view of the data directory; several share one. */
function keeping(env: Record<string, string> = {}, onChange: (id: string) => void = () => {}): Keeping {
  const { core, ai } = readConfig({ CONFAB_DATA_DIR: dataDir, CONFAB_FETCH_PRIVATE: 'on', ...env })
  const one = createModelKeeping({ core, ai, clock: systemClock, log: silentLog, onChange })
  open.push(one)
  return one
}

/** Lays a manifest in without its file, and serves that. */
async function prepare(served: Partial<Served>, file: object = { sha256, bytes: bytes.length }): Promise<void> {
  server.serve('/model.onnx', { bytes, ...served })
  const files = [{ path: 'deep/model.onnx', url: `${server.url}/model.onnx`, ...file }]
  const about = { id: 'mine', name: 'Mine', type: 'emotion', version: '1', engine: 'onnx', licence: 'MIT' }
  const folder = join(dataDir, 'model-imports/mine')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'model.json'), JSON.stringify({ ...about, files }))
}

const pulled = async ({ pulls }: Keeping): Promise<void> => (await pulls.pull('mine')).done
const kept = (): Promise<Buffer> => readFile(join(dataDir, 'models/mine/deep/model.onnx'))
const left = (): Promise<string[]> => readdir(join(dataDir, 'models/.pulls')).catch(() => [])

describe('a pull', () => {
  test('installs a model, told as it goes, and fetches nothing when it is there', async () => {
    await prepare({})
    const told: (string | undefined)[] = []
    const one = keeping({}, () => void one.pulls.view('mine').then((view) => told.push(view?.state)))
    await pulled(one)
    expect(await kept()).toEqual(bytes)
    expect(await one.verify('mine')).toEqual([])
    expect(await left()).toEqual([])
    expect(told[0]).toBe('downloading')
    expect(await one.pulls.view('mine')).toBeUndefined()
    await pulled(one)
    expect(server.requests).toHaveLength(1)
  })

  test('fetches anew only what is broken', async () => {
    await prepare({})
    const one = keeping()
    await pulled(one)
    await writeFile(join(dataDir, 'models/mine/deep/model.onnx'), 'broken')
    await pulled(one)
    expect(await kept()).toEqual(bytes)
    expect(server.requests).toHaveLength(2)
  })

  test('is joined by whoever asks meanwhile, and refused to another process', async () => {
    await prepare({ answers: [{ stallAfter: 1000 }] })
    const one = keeping()
    const both = await Promise.all([one.pulls.pull('mine'), one.pulls.pull('mine')])
    await server.asked(1)
    const other = keeping()
    await expect(other.pulls.pull('mine')).rejects.toMatchObject({ code: 'ai.occupied' })
    await expect(other.remove('mine')).rejects.toMatchObject({ code: 'ai.occupied' })
    server.release()
    await Promise.all(both.map(({ done }) => done))
    expect(server.requests).toHaveLength(1)
  })

  test('is seen by another process while it runs', async () => {
    await prepare({ answers: [{ stallAfter: 100_000 }] })
    const one = keeping()
    const { done } = await one.pulls.pull('mine')
    const other = keeping()
    await expect.poll(async () => (await other.pulls.view('mine'))?.progress.bytes, { timeout: 10_000 }).toBe(100_000)
    expect(await other.pulls.view('mine')).toMatchObject({ state: 'downloading', progress: { total: bytes.length } })
    server.release()
    await done
  })

  test('goes on after a cancel, and after a process that ended, where it was', async () => {
    await prepare({ answers: [{ stallAfter: 50_000 }, { stallAfter: 50_000 }, {}] })
    const one = keeping()
    const first = await one.pulls.pull('mine')
    await expect.poll(async () => (await one.pulls.view('mine'))?.progress.bytes).toBe(50_000)
    await one.pulls.cancel('mine')
    await expect(first.done).rejects.toMatchObject({ code: 'ai.pull-cancelled' })
    expect(await one.pulls.view('mine')).toMatchObject({ state: 'cancelled', progress: { bytes: 50_000, speed: 0 } })

    const second = await one.pulls.pull('mine')
    second.done.catch(() => {})
    await expect.poll(async () => (await one.pulls.view('mine'))?.progress.bytes).toBe(100_000)
    // As a stop of the server: the next one goes on by itself.
    await one.pulls.stop()
    const next = keeping()
    await next.pulls.start()
    await (
      await next.pulls.pull('mine')
    ).done
    expect(await kept()).toEqual(bytes)
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=50000-', 'bytes=100000-'])
  })

  test('names a file wrong that is: its hash, its size; keeps nothing of it', async () => {
    await prepare({ answers: [{ instead: randomBytes(bytes.length) }] })
    const one = keeping()
    await expect(pulled(one)).rejects.toMatchObject({ code: 'ai.wrong-bytes', data: { path: 'deep/model.onnx' } })
    expect(await one.pulls.view('mine')).toMatchObject({ state: 'failed', reason: /deep\/model.onnx/ })
    await prepare({ answers: [{ instead: randomBytes(bytes.length + 1) }] })
    await expect(pulled(one)).rejects.toMatchObject({ code: 'outbound.too-large' })
    await prepare({ answers: [{ instead: randomBytes(10) }] })
    await expect(pulled(one)).rejects.toMatchObject({ code: 'ai.wrong-bytes' })
    await expect(kept()).rejects.toMatchObject({ code: 'ENOENT' })
    await prepare({})
    await pulled(one)
    expect(await kept()).toEqual(bytes)
    expect(await left()).toEqual([])
  })

  test('takes a rest that does not fit for what it is, and fetches the whole', async () => {
    await prepare({ answers: [{ stallAfter: 1000, instead: randomBytes(bytes.length) }, {}] })
    const one = keeping()
    const { done } = await one.pulls.pull('mine')
    done.catch(() => {})
    await expect.poll(async () => (await one.pulls.view('mine'))?.progress.bytes).toBe(1000)
    await one.pulls.cancel('mine')
    await pulled(one)
    expect(await kept()).toEqual(bytes)
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=1000-', undefined])
  })

  test('records the hash of a file nobody published one of, and holds it against that afterwards', async () => {
    await prepare({}, {})
    const one = keeping()
    await pulled(one)
    const manifest = await one.folders.manifest('mine')
    expect(manifest.files).toEqual([expect.objectContaining({ sha256, bytes: bytes.length, recorded: true })])
    await writeFile(join(dataDir, 'models/mine/deep/model.onnx'), randomBytes(bytes.length))
    expect(await one.verify('mine')).toEqual([{ path: 'deep/model.onnx', problem: 'sha256' }])
  })

  test('refuses private addresses, a full disk, and what has no address', async () => {
    await prepare({})
    await expect(pulled(keeping({ CONFAB_FETCH_PRIVATE: 'off' }))).rejects.toMatchObject({ code: 'outbound.refused' })
    await prepare({}, { sha256, bytes: Number.MAX_SAFE_INTEGER })
    await expect(pulled(keeping())).rejects.toMatchObject({ code: 'ai.disk-full' })
    await prepare({}, { url: undefined })
    await expect(pulled(keeping())).rejects.toMatchObject({ code: 'ai.not-pullable' })
    await expect(keeping().pulls.pull('nothing')).rejects.toMatchObject({ code: 'ai.model-missing' })
    expect(server.requests).toEqual([])
  })

  test('leaves nothing behind when the model is removed', async () => {
    await prepare({})
    const one = keeping()
    await pulled(one)
    await one.remove('mine')
    await expect(kept()).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(one.remove('mine')).rejects.toMatchObject({ code: 'ai.model-missing' })
    await prepare({ answers: [{ status: 404 }] })
    await expect(pulled(one)).rejects.toMatchObject({ code: 'outbound.failed' })
    await one.remove('mine')
    expect(await left()).toEqual([])
  })
})
