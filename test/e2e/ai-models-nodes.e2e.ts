import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { Locator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startNode } from '#test/support/inference-node.ts'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { LOUDNESS, layModel, loudnessClassifier } from '#test/support/tiny-models.ts'
import { toneOf } from '#test/support/tone.ts'
import { call, signIn, signUp } from './support/accounts.ts'
import type { Somebody } from './support/accounts.ts'
import { axeFindings } from './support/axe.ts'
import { openBrowser } from './support/browser.ts'
import type { Browser } from './support/browser.ts'
import { builtWeb } from './support/built-web.ts'

// Models and nodes in Chromium, on the real server: tiny models that are written here, another process as a node, and a
// service with OpenAI's API.

let server: RunningServer
let browser: Browser
let admin: Somebody
let folder: string
/** Each try of a test has names of its own. */
let tries = 0
let service: Server
let isServiceWell = true

beforeAll(async () => {
  await builtWeb()
  folder = await mkdtemp(join(tmpdir(), 'confab-e2e-models-'))
  server = await startServer()
  admin = await signUp(server.url, 'yijun', '林怡君')
  browser = await openBrowser()
  await signIn(browser, server.url, admin)
  service = createServer((request, response) => {
    void buffer(request).then(() => {
      const isKnown = request.headers.authorization === 'Bearer sk-speaches'
      const status = !isServiceWell ? 500 : isKnown ? 200 : 401
      const body =
        request.url === '/v1/models' ? { object: 'list', data: [{ id: 'whisper-large' }] } : { text: '開會了' }
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((done) => service.listen(0, '127.0.0.1', done))
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  service?.closeAllConnections()
  await new Promise((done) => service.close(done))
  await rm(folder, { recursive: true, force: true })
})
afterEach(() => {
  expect(browser.complaints.splice(0)).toEqual([])
})

const about = (id: string) => ({ id, type: 'emotion', engine: 'onnx', contract: LOUDNESS }) as const
const row = (name: string): Locator => browser.page.getByRole('listitem', { name, exact: true })
const card = (name: string): Locator => browser.page.getByRole('region', { name, exact: true })
const ask = <Data>(route: string, body?: unknown): Promise<Data> => {
  const [method = '', path = ''] = route.split(' ')
  return call<Data>(server.url, method, path, body, admin.tokens.access_token)
}

/** A second try of a test finds what the first one left. */
async function withoutModel(id: string): Promise<void> {
  await ask(`DELETE /api/v1/models/${id}`).catch(() => {})
}
async function withoutNode(id: string): Promise<void> {
  await ask(`DELETE /api/v1/nodes/${id}`).catch(() => {})
}

async function importModel(fill: (dialog: Locator) => Promise<void>): Promise<Locator> {
  const { page } = browser
  await page.goto(`${server.url}/ai/models`)
  await page.getByRole('button', { name: 'Import model' }).click()
  const dialog = page.getByRole('dialog')
  await fill(dialog)
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()
  return dialog
}

test('a model is imported from an archive, loaded into a process, and unloaded', async () => {
  const { page } = browser
  await withoutModel('loudness')
  await layModel(join(folder, 'loudness'), about('loudness'), { 'model.onnx': loudnessClassifier() })
  execFileSync('tar', ['-czf', join(folder, 'loudness.tar.gz'), '-C', folder, 'loudness'])
  const archive = await readFile(join(folder, 'loudness.tar.gz'))
  const dialog = await importModel(async (open) => {
    const file = { name: 'loudness.tar.gz', mimeType: 'application/gzip', buffer: archive }
    await open.locator('input[type=file]').setInputFiles(file)
    await open.getByText('loudness.tar.gz').waitFor()
    expect(await axeFindings(page)).toEqual([])
  })
  await dialog.waitFor({ state: 'detached' })
  await row('loudness').getByText('Installed', { exact: true }).waitFor()
  await row('loudness').getByRole('button', { name: 'Load: loudness' }).click()
  await row('loudness').getByText('Loaded', { exact: true }).waitFor({ timeout: 30_000 })
  await row('loudness')
    .getByText(/^Takes [\d.]+ MB of memory now \(measured\)$/)
    .waitFor()
  await row('loudness').getByRole('button', { name: 'Unload: loudness' }).click()
  await row('loudness').getByText('Installed', { exact: true }).waitFor()
  await row('loudness')
    .getByText(/of memory now/)
    .waitFor({ state: 'detached' })
})

test('a model is imported from a folder of the server; what is wrong with one is said in the dialog', async () => {
  const { page } = browser
  const imports = join(server.dataDir, 'model-imports')
  await withoutModel('calmness')
  await layModel(join(imports, 'calmness'), about('calmness'), { 'model.onnx': loudnessClassifier() })
  await layModel(join(imports, 'crooked'), about('crooked'), { 'model.onnx': loudnessClassifier(), '../out': 'x' })
  const fill = (name: string) => async (open: Locator) => {
    await open.getByRole('radio', { name: 'Server folder' }).click()
    await open.getByLabel('Folder’s name').fill(name)
  }
  const wrong = await importModel(fill('crooked'))
  await wrong
    .getByRole('alert')
    .getByText(/^model\.json is not right/)
    .waitFor()
  await wrong.getByLabel('Folder’s name').fill('nothing')
  await wrong.getByRole('button', { name: 'Import', exact: true }).click()
  await wrong.getByText('There is no such folder in model-imports.').waitFor()
  await wrong.getByLabel('Folder’s name').fill('calmness')
  await wrong.getByRole('button', { name: 'Import', exact: true }).click()
  await row('calmness').getByText('Installed', { exact: true }).waitFor()
  await wrong.waitFor({ state: 'detached' })
  await page.getByRole('radio', { name: 'Installed' }).click()
  await row('calmness').waitFor()
  expect(await axeFindings(page)).toEqual([])
})

test('another machine registers as a node, is seen busy with what it measures, and is offline when it ends', async () => {
  const { page } = browser
  await page.goto(`${server.url}/ai/nodes`)
  const name = `rack-${++tries}`
  const { token } = await ask<{ token: string }>('POST /api/v1/nodes/tokens', { name })
  const env = { CONFAB_AI_QUEUE: '1' }
  const node = await startNode({ url: server.url, token, name, env })
  onTestFinished(async () => {
    await node.stop()
    await withoutNode(name)
  })
  const rack = card(name)
  await rack.getByText('Online', { exact: true }).waitFor()
  await rack.getByText('Another machine').waitFor()
  const measured = () =>
    ask<{ cpu_usage: number; memory_usage: number; memory_total: number }>(`GET /api/v1/nodes/${name}/status`)
  await expect.poll(async () => (await measured()).memory_usage).toBeGreaterThan(1)
  expect((await measured()).memory_total).toBeGreaterThan(100_000_000)
  await rack.getByText(/^[\d.]+ GB of [\d.]+ GB$/).waitFor()
  await rack.getByText('0 / 1', { exact: true }).waitFor()
  expect(await axeFindings(page)).toEqual([])

  // One for the server, the next for the node.
  const gone = new AbortController()
  const long = new Blob([new Uint8Array(silence())])
  const asked = [1, 2].map(() => {
    const form = new FormData()
    form.set('audio', long, 'long.flac')
    const headers = { authorization: `Bearer ${admin.tokens.access_token}` }
    const url = `${server.url}/api/v1/audio/denoising`
    return fetch(url, { method: 'POST', body: form, headers, signal: gone.signal }).catch(() => {})
  })
  await rack.getByText('Busy', { exact: true }).waitFor({ timeout: 30_000 })
  await rack.getByText('1 / 1', { exact: true }).waitFor()
  gone.abort()
  await Promise.all(asked)
  await rack.getByText('Online', { exact: true }).waitFor()
  await rack.getByText('0 / 1', { exact: true }).waitFor()
  await rack
    .getByText(/rnnoise/)
    .last()
    .waitFor()

  await rack.getByRole('button', { name: 'Check health' }).click()
  await rack.getByText('All is well', { exact: true }).waitFor()
  await node.kill('SIGTERM')
  await rack.getByText('Offline', { exact: true }).waitFor()
  await rack.getByRole('button', { name: 'Check health' }).click()
  await rack.getByText('Something is wrong', { exact: true }).waitFor()
  await rack.getByRole('button', { name: `Remove ${name}` }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove node' }).click()
  await rack.waitFor({ state: 'detached' })
}, 180_000)

/** A quarter of an hour that takes minutes to be worked on. */
function silence(): Buffer {
  const options = ['-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=mono', '-t', '3600', '-c:a', 'flac', '-f', 'flac', '-']
  return execFileSync('ffmpeg', ['-v', 'error', ...options], { maxBuffer: 64 * 1024 * 1024 })
}

test('an external service is added, checked, used, seen to fail, and removed', async () => {
  const { page } = browser
  const name = `speaches-${++tries}`
  isServiceWell = true
  onTestFinished(() => withoutNode(name))
  const base = `http://127.0.0.1:${(service.address() as AddressInfo).port}/v1`
  await page.goto(`${server.url}/ai/nodes`)
  await page.getByRole('button', { name: 'Add external service' }).click()
  const dialog = page.getByRole('dialog')
  expect(await axeFindings(page)).toEqual([])
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByLabel('Base URL').fill(base)
  await dialog.getByLabel('API key').fill('sk-speaches')
  await dialog.getByLabel('Model for speech to text').fill('whisper-large')
  await dialog.getByRole('button', { name: 'Add service' }).click()
  await dialog.waitFor({ state: 'detached' })
  const added = card(name)
  await added.getByText('Online', { exact: true }).waitFor()
  await added.getByText('whisper-large').waitFor()
  await added.getByRole('button', { name: 'Check health' }).click()
  await added.getByText('All is well', { exact: true }).waitFor()
  const said = await ask<{ text: string; model: string }>('POST /api/v1/speech/recognition', {
    audio_data: toneOf({ seconds: 1 }),
  })
  expect(said).toMatchObject({ text: '開會了', model: 'whisper-large' })
  isServiceWell = false
  await added.getByRole('button', { name: 'Check health' }).click()
  await added.getByText('Something is wrong', { exact: true }).waitFor()
  await added.getByText('Offline', { exact: true }).first().waitFor()
  expect(await axeFindings(page)).toEqual([])
  await added.getByRole('button', { name: `Remove ${name}` }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove node' }).click()
  await added.waitFor({ state: 'detached' })
})
