import { createHash, randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startModelServer } from '#test/fakes/model-server.ts'
import type { ModelServer } from '#test/fakes/model-server.ts'
import { makeFilm } from '#test/support/media.ts'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { call, signIn, signUp } from './support/accounts.ts'
import type { Somebody } from './support/accounts.ts'
import { axeFindings } from './support/axe.ts'
import { openBrowser } from './support/browser.ts'
import type { Browser } from './support/browser.ts'
import { builtWeb } from './support/built-web.ts'
import { until } from './support/room.ts'

// The AI tools in Chromium, on the real server: with what is built in, and without a model for the rest.

let publisher: ModelServer
let server: RunningServer
let browser: Browser
let admin: Somebody
let tries = 0

beforeAll(async () => {
  await builtWeb()
  publisher = await startModelServer()
  server = await startServer({ env: { CONFAB_FETCH_PRIVATE: 'on' } })
  // The first account is the admin's.
  admin = await signUp(server.url, 'yijun', '林怡君')
  browser = await openBrowser()
  await signIn(browser, server.url, admin)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await publisher?.close()
})
afterEach(() => {
  expect(browser.complaints.splice(0)).toEqual([])
})

const RATE = 16_000
const SECONDS = 2

/** A tone that comes and goes, under white noise. */
function noisySound(): Buffer {
  const samples = RATE * SECONDS
  const bytes = Buffer.alloc(44 + samples * 2)
  bytes.write('RIFF\0\0\0\0WAVEfmt ', 0, 'latin1')
  bytes.writeUInt32LE(36 + samples * 2, 4)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(RATE, 24)
  bytes.writeUInt32LE(RATE * 2, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(samples * 2, 40)
  for (let i = 0; i < samples; i++) {
    const voice = Math.sin((i / RATE) * 3) > 0 ? Math.sin((2 * Math.PI * 220 * i) / RATE) * 0.4 : 0
    bytes.writeInt16LE(Math.round((voice + (Math.random() - 0.5) * 0.3) * 32_000), 44 + i * 2)
  }
  return bytes
}

const sound = { name: 'meeting.wav', mimeType: 'audio/wav', buffer: noisySound() }

interface Media {
  readonly duration: number
  readonly muted: boolean
  readonly currentTime: number
}

test('noise is taken out of a file, and both versions can be heard in step', async () => {
  const { page } = browser
  await page.goto(`${server.url}/ai`)
  await page.getByRole('heading', { name: 'Remove noise' }).waitFor()
  expect(await axeFindings(page)).toEqual([])
  await page.locator('input[type=file]').setInputFiles(sound)
  await page.getByRole('button', { name: 'Remove noise' }).click()
  const player = page.getByRole('group', { name: 'meeting.wav, before and after' })
  await player.waitFor({ timeout: 60_000 })

  const look = (version: string) =>
    player.locator(`video[data-version=${version}]`).evaluate((element) => {
      const { duration, muted, currentTime } = element as unknown as Media
      return { duration, muted, currentTime }
    })
  for (const version of ['before', 'after']) {
    const { duration } = await until(
      () => look(version),
      (media) => media.duration > 0,
    )
    expect(duration).toBeCloseTo(SECONDS, 1)
  }
  expect([(await look('before')).muted, (await look('after')).muted]).toEqual([false, true])
  await player.getByRole('slider').focus()
  await page.keyboard.press('End')
  await page.keyboard.press('PageDown')
  const { currentTime: place } = await look('before')
  expect(place).toBeGreaterThan(0)
  await player.getByRole('radio', { name: 'After' }).click()
  expect([(await look('before')).muted, (await look('after')).muted]).toEqual([true, false])
  await expect.poll(async () => (await look('after')).currentTime).toBeCloseTo(place, 1)
  expect(await axeFindings(page)).toEqual([])
})

test('a film is bettered as a job, is found again after a reload, and is seen before and after', async () => {
  const { page } = browser
  const film = { name: 'walk.mp4', mimeType: 'video/mp4', buffer: makeFilm(server.dataDir, 'walk.mp4') }
  await page.goto(`${server.url}/ai?use=film`)
  await page.locator('input[type=file]').setInputFiles(film)
  await page.getByLabel('What to do').last().selectOption('color_correction')
  await page.getByRole('button', { name: 'Start' }).click()
  const player = page.getByRole('group', { name: 'The video before and after' })
  const lengths = () =>
    player.locator('video').evaluateAll((films) => films.map((one) => (one as unknown as Media).duration))
  const both = await until(lengths, (found) => found.length === 2 && found.every((seconds) => seconds > 0.5), 60_000)
  expect(both[0]).toBeCloseTo(both[1] ?? 0, 0)
  await page.waitForURL(/job=\d+/)
  await page.reload()
  await until(lengths, (found) => found.length === 1 && found.every((seconds) => seconds > 0.5))
})

test('a film that is under way is stopped, and the next one is begun', async () => {
  const { page } = browser
  // Too much for the moment it takes to press a button, and little to send.
  const long = makeFilm(server.dataDir, 'long.mp4', { seconds: 20, size: '1280x720', extra: ['-preset', 'ultrafast'] })
  await page.goto(`${server.url}/ai?use=film`)
  await page.locator('input[type=file]').setInputFiles({ name: 'long.mp4', mimeType: 'video/mp4', buffer: long })
  await page.getByLabel('What to do').last().selectOption('denoising')
  await page.getByRole('button', { name: 'Start' }).click()
  await page.getByText(/^(Waiting its turn|Working, )/).waitFor({ timeout: 30_000 })
  await page.getByText('You may leave this page.').waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('Cancelled.', { exact: true }).waitFor()
  const job = new URL(page.url()).searchParams.get('job')
  const path = `/api/v1/video/enhancement/${job}`
  const found = await call<{ status: string; output_file_id: null }>(
    server.url,
    'GET',
    path,
    undefined,
    admin.tokens.access_token,
  )
  expect(found).toMatchObject({ status: 'cancelled', output_file_id: null })
  await page.reload()
  await page.getByText('Cancelled.', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Process another' }).click()
  await page.getByText('Drop a video here').waitFor()
})

test('the microphone’s sound becomes a file that can be heard and sent', async () => {
  const { page } = browser
  await page.goto(`${server.url}/ai`)
  await page.getByRole('button', { name: 'Record' }).click()
  await page.getByRole('meter', { name: 'Microphone level' }).waitFor()
  // On a busy machine a second may pass unseen.
  const someSeconds = /^0:(0[1-9]|[1-5]\d)$/
  await page.getByText(someSeconds).waitFor()
  await page.getByRole('button', { name: 'Finish' }).click()
  const player = page.getByRole('group', { name: /^Recording/ })
  await player.getByText(someSeconds).waitFor()
  await page.getByRole('button', { name: 'Remove noise' }).waitFor()
})

test('speech that nothing can recognise names the model to download, and leads to it', async () => {
  const { page } = browser
  await page.goto(`${server.url}/ai?use=recognise`)
  await page.locator('input[type=file]').setInputFiles(sound)
  await page.getByRole('button', { name: 'Write it down' }).click()
  const needed = page.getByRole('alert').locator('..')
  await needed.getByText('SenseVoice Small (int8)').waitFor()
  await needed.getByRole('link', { name: 'Go and download' }).click()
  await page.waitForURL(/\/ai\/models\?model=sense-voice-small$/)
  const row = page.getByRole('listitem', { name: 'SenseVoice Small (int8)' })
  await row.getByText('Not installed', { exact: true }).waitFor()
  await row.getByRole('button', { name: /^Download/ }).waitFor()
})

test('the models page shows the catalogue, and the nodes page this machine', async () => {
  const { page } = browser
  await page.goto(`${server.url}/ai/models`)
  await page.getByRole('heading', { name: 'No model is installed yet' }).waitFor()
  await page.getByRole('list', { name: 'Speech recognition' }).getByRole('listitem').nth(3).waitFor()
  expect(await axeFindings(page)).toEqual([])
  await page.getByRole('link', { name: 'Nodes' }).click()
  const here = page.getByRole('region').filter({ hasText: 'This server' }).last()
  await here.getByRole('button', { name: 'Check health' }).click()
  await here.getByText('ffmpeg', { exact: true }).waitFor()
  expect(await axeFindings(page)).toEqual([])
})

test('a download is seen live, stopped, resumed, and what came of it checked and deleted', async () => {
  const { page } = browser
  const bytes = randomBytes(500_000)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  // Each try has a model of its own.
  const [id, name] = [`mine-${++tries}`, `Mine ${tries}`]
  const folder = join(server.dataDir, 'model-imports', id)
  await mkdir(folder, { recursive: true })
  const about = { id, name, type: 'emotion', version: '1', engine: 'onnx', licence: 'MIT' }
  const files = [{ path: 'model.onnx', url: `${publisher.url}/${id}`, sha256, bytes: bytes.length }]
  await writeFile(join(folder, 'model.json'), JSON.stringify({ ...about, files }))
  publisher.serve(`/${id}`, { bytes, answers: [{ stallAfter: 200_000 }, {}] })

  await page.goto(`${server.url}/ai/models`)
  await page.getByRole('list', { name: 'Emotion' }).waitFor()
  // Begun by somebody else: nothing but the event tells this page.
  await call(server.url, 'POST', `/api/v1/models/${id}/pull`, undefined, admin.tokens.access_token)
  const row = page.getByRole('listitem', { name, exact: true })
  await row.getByText('Downloading', { exact: true }).waitFor()
  await row.getByText('200 kB of 500 kB').waitFor()
  await row.getByRole('button', { name: 'Stop download' }).click()
  await row.getByText('Stopped', { exact: true }).waitFor()
  await row.getByRole('button', { name: 'Resume download' }).click()
  await row.getByText('Installed', { exact: true }).waitFor()
  await row.getByRole('button', { name: `More for ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Verify files' }).click()
  await page.getByText(`Every file of ${name} is as it should be`).first().waitFor()
  await row.getByRole('button', { name: `More for ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await row.waitFor({ state: 'detached' })
})

test('a token for another machine is shown once, with what to type there, and revoked', async () => {
  const { page } = browser
  // A second try finds what the first one left.
  const token = admin.tokens.access_token
  const path = '/api/v1/nodes/tokens'
  const { tokens } = await call<{ tokens: { token_id: number }[] }>(server.url, 'GET', path, undefined, token)
  for (const { token_id } of tokens) await call(server.url, 'DELETE', `${path}/${token_id}`, undefined, token)
  await page.goto(`${server.url}/ai/nodes`)
  await page.getByRole('button', { name: 'Create token' }).click()
  await page.getByRole('dialog').getByLabel('What for').fill('rack-1')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByText('./confab --roles inference').waitFor()
  expect(await axeFindings(page)).toEqual([])
  await page.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByRole('button', { name: 'Revoke “rack-1”' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click()
  await page.getByText('No tokens yet').waitFor()
})
