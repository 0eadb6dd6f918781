import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create } from 'tar'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startModelServer } from '#test/fakes/model-server.ts'
import type { ModelServer } from '#test/fakes/model-server.ts'
import { silentLog } from '#kernel/log.ts'
import { systemClock } from '#kernel/clock.ts'
import { createModelKeeping } from '../composition/ai-keeping.ts'
import { readConfig } from '../config.ts'
import { runModels } from './models.ts'

/** `confab models …` in plain lines, on a data directory of its own. */
let server: ModelServer
let dataDir: string
beforeAll(async () => {
  server = await startModelServer()
  dataDir = await mkdtemp(join(tmpdir(), 'confab-models-cli-'))
})
afterAll(async () => {
  await server.close()
  await rm(dataDir, { recursive: true })
})

const bytes = randomBytes(100_000)
const sha256 = createHash('sha256').update(bytes).digest('hex')
const manifest = (id: string, file: object): string =>
  JSON.stringify({
    id,
    name: 'Mine',
    type: 'emotion',
    version: '1',
    engine: 'onnx',
    licence: 'MIT',
    files: [{ path: 'model.onnx', ...file }],
  })

const confab = (...args: string[]) => confabOn(dataDir, ...args)

async function confabOn(dir: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const printed = { out: '', err: '' }
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void (printed.out += `${line}\n`))
  const error = vi.spyOn(console, 'error').mockImplementation((line: string) => void (printed.err += `${line}\n`))
  try {
    const config = readConfig({ CONFAB_DATA_DIR: dir, CONFAB_FETCH_PRIVATE: 'on', CONFAB_LOG_LEVEL: 'silent' })
    return { code: await runModels(config, args), ...printed }
  } finally {
    log.mockRestore()
    error.mockRestore()
  }
}

async function layIn(id: string, file: object): Promise<string> {
  const folder = join(dataDir, 'model-imports', id)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'model.json'), manifest(id, file))
  return folder
}

describe('confab models', () => {
  test('lists the catalogue with states, sizes and licences', async () => {
    const { code, out } = await confab('list')
    expect(code).toBe(0)
    expect(out).toMatch(/^ID +STATE +SIZE +TYPE +LICENCE\n/)
    expect(out).toMatch(/whisper-tiny +available +103\.6 MB +speech-recognition +MIT/)
    expect(out).toMatch(/aasist +to be imported +\? +synthesis-detection +MIT/)
  })

  test('pulls, verifies and removes, in plain lines where there is no terminal', async () => {
    server.serve('/model.onnx', { bytes })
    await layIn('mine', { url: `${server.url}/model.onnx` })
    const pulled = await confab('pull', 'mine')
    expect(pulled).toEqual({
      code: 0,
      out: `mine is installed.\nNot verified against a published hash; recorded as it came:\n  ${sha256}  model.onnx\n`,
      err: '',
    })
    expect((await confab('list')).out).toMatch(/mine +installed \(hash recorded here\) +100\.0 kB/)
    expect(await confab('verify')).toEqual({
      code: 0,
      out: 'mine: good, by hashes recorded here when it came\n',
      err: '',
    })
    await writeFile(join(dataDir, 'models/mine/model.onnx'), randomBytes(100_000))
    expect(await confab('verify', 'mine')).toEqual({
      code: 1,
      out: 'mine: model.onnx has another SHA-256 than its manifest says\n',
      err: '',
    })
    expect(await confab('rm', 'mine')).toEqual({ code: 0, out: 'mine was deleted.\n', err: '' })
    expect(await confab('rm', 'mine')).toMatchObject({ code: 1, err: 'confab: There is no model mine.\n' })
  })

  test('follows a download that the server does', async () => {
    server.serve('/shared', { bytes, answers: [{ stallAfter: 50_000 }] })
    await layIn('shared', { url: `${server.url}/shared`, sha256, bytes: bytes.length })
    const { core, ai } = readConfig({ CONFAB_DATA_DIR: dataDir, CONFAB_FETCH_PRIVATE: 'on' })
    const running = createModelKeeping({ core, ai, clock: systemClock, log: silentLog, onChange: () => {} })
    const { done } = await running.pulls.pull('shared')
    await expect.poll(async () => (await running.pulls.view('shared'))?.progress.bytes).toBe(50_000)
    // Written down, so that another process sees it.
    await expect.poll(async () => (await confab('list')).out, { timeout: 5_000 }).toMatch(/shared +downloading 50 %/)
    const followed = confab('pull', 'shared')
    server.release()
    await done
    expect(await followed).toMatchObject({ code: 0, out: expect.stringMatching(/is installed/) as string })
  })

  test('imports a folder and an archive', async () => {
    const folder = await layIn('brought', { sha256, bytes: bytes.length })
    await writeFile(join(folder, 'model.onnx'), bytes)
    expect(await confab('import', folder)).toEqual({ code: 0, out: 'brought is installed.\n', err: '' })
    expect(await confab('import', folder)).toMatchObject({ code: 1, err: expect.stringMatching(/already/) as string })
    await confab('rm', 'brought')
    const archive = join(dataDir, 'brought.tgz')
    await create({ file: archive, cwd: join(dataDir, 'model-imports'), gzip: true }, ['brought'])
    expect(await confab('import', archive)).toEqual({ code: 0, out: 'brought is installed.\n', err: '' })
    expect((await readFile(join(dataDir, 'models/brought/model.onnx'))).equals(bytes)).toBe(true)
    expect(await confab('import', join(dataDir, 'nowhere'))).toMatchObject({ code: 1 })
  })

  test('with nothing installed has nothing to verify, and leaves alone what is built in', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'confab-models-none-'))
    expect(await confabOn(empty, 'verify')).toEqual({ code: 0, out: 'No model is installed.\n', err: '' })
    await rm(empty, { recursive: true })
    for (const command of ['pull', 'verify', 'rm']) {
      expect(await confab(command, 'rnnoise')).toEqual({ code: 1, out: '', err: 'confab: rnnoise is built in.\n' })
    }
  })

  test('says what failed, and what is typed wrongly', async () => {
    await layIn('gone', { url: `${server.url}/gone.onnx` })
    expect(await confab('pull', 'gone')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/it answered 404/) as string,
    })
    expect((await confab('list')).out).toMatch(/gone +failed/)
    expect(await confab('pull', 'nobody-has-it')).toMatchObject({ code: 1 })
    for (const args of [[], ['pull'], ['list', 'x'], ['eat', 'x']]) {
      expect(await confab(...args)).toMatchObject({ code: 2, err: expect.stringContaining('Usage:') as string })
    }
  })
})
