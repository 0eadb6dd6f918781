import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { makeFilm } from '#test/support/media.ts'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { signIn, signUp } from './support/accounts.ts'
import type { Somebody } from './support/accounts.ts'
import { axeFindings } from './support/axe.ts'
import { openBrowser } from './support/browser.ts'
import type { Browser } from './support/browser.ts'
import { builtWeb } from './support/built-web.ts'

// The library in Chromium, on the real server with the real ffmpeg.

let server: RunningServer
let folder: string
let browser: Browser
let page: Page
let film: Buffer
let person: Somebody
let people = 0

beforeAll(async () => {
  await builtWeb()
  folder = await mkdtemp(join(tmpdir(), 'confab-library-'))
  film = makeFilm(folder, 'film.mp4', { seconds: 3, size: '320x180' })
  server = await startServer()
  browser = await openBrowser({ width: 1200, height: 800 })
  page = browser.page
})
afterAll(async () => {
  await browser?.close()
  await server?.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})
// Each try has an account of its own: nothing is left of the test before, or of the first try.
beforeEach(async () => {
  person = await signUp(server.url, `yijun${++people}`, '林怡君')
  await signIn(browser, server.url, person)
  await page.goto(`${server.url}/library`)
  await page.getByRole('heading', { name: 'Library' }).waitFor()
})
afterEach(() => {
  expect(browser.complaints.splice(0)).toEqual([])
})

/** What ffmpeg makes gets the processor after everybody else, and the machine may be busy. */
const MADE = { timeout: 100_000 }
const PATIENT = { timeout: 180_000 }
const PLAYED = `document.querySelector('video')?.currentTime ?? 0`
const file = (name: string, mimeType: string, buffer: Buffer) => ({ name, mimeType, buffer })
const put = (...files: ReturnType<typeof file>[]) => page.locator('input[type=file]').first().setInputFiles(files)
const tile = (name: string) => page.getByRole('link', { name }).first()
const done = () => page.getByText('Done', { exact: true })

/** Puts a film into the library, and waits until it is seen there. */
async function withFilm(name: string): Promise<void> {
  const body = new FormData()
  body.set('file', new Blob([new Uint8Array(film)], { type: 'video/mp4' }), name)
  const headers = { authorization: `Bearer ${person.tokens.access_token}` }
  const answer = await fetch(`${server.url}/api/v1/media/upload`, { method: 'POST', headers, body })
  expect(answer.status).toBe(201)
  await page.reload()
  await tile(name).waitFor()
}

test(
  'a film is put in, shown with its picture, played, looked into and downloaded under its name',
  PATIENT,
  async () => {
    await put(file('週會 第一集.mp4', 'video/mp4', film))
    await tile('週會 第一集.mp4').locator('img').waitFor(MADE)
    expect(await axeFindings(page)).toEqual([])
    await tile('週會 第一集.mp4').click()
    await page.getByText('h264').waitFor()
    await page.getByRole('button', { name: 'Play' }).click()
    // Not waitForFunction: it asks by `eval`, which our policy forbids to pages.
    await expect.poll(() => page.evaluate(PLAYED), { timeout: 15_000 }).toBeGreaterThan(0.2)
    expect(await axeFindings(page)).toEqual([])
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('週會 第一集.mp4')
    expect(await readFile(await download.path())).toEqual(film)
  },
)

test('what is no film is refused with a reason, and can be put away', async () => {
  await put(file('playlist.mp4', 'video/mp4', Buffer.from('#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n')))
  await page.getByText('This kind of file is not supported').waitFor()
  await page.getByRole('button', { name: 'Remove “playlist.mp4”' }).click()
  await page.getByText('This kind of file is not supported').waitFor({ state: 'detached' })
})

test('a link that opens the file without signing in', async () => {
  await withFilm('週會 第一集.mp4')
  await page.getByRole('button', { name: 'More for' }).first().click()
  await page.getByRole('menuitem', { name: 'Make a link to share' }).click()
  await page.getByRole('button', { name: 'Make link' }).click()
  const link = await page.getByLabel('Link', { exact: true }).inputValue()
  const answer = await fetch(link)
  expect(answer.status).toBe(200)
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(film)
})

test('a conversion with its parameters, followed live until it is done and its file opens', PATIENT, async () => {
  await withFilm('週會 第一集.mp4')
  await page.getByRole('button', { name: 'More for' }).first().click()
  await page.getByRole('menuitem', { name: 'Convert or extract' }).click()
  await page.getByLabel('Format').selectOption('webm')
  // What WebM cannot hold is not offered.
  expect(await page.getByLabel('Video codec').locator('option').allInnerTexts()).toEqual(['VP9 (usual)', 'VP8', 'AV1'])
  await page.getByLabel('Video codec').selectOption('vp8')
  await page.getByLabel('Effort').selectOption('ultrafast')
  expect(await axeFindings(page)).toEqual([])
  await page.getByRole('dialog').getByRole('button', { name: 'Convert' }).click()
  await page.getByRole('button', { name: 'Show' }).click()
  await done().waitFor(MADE)
  await page.getByRole('link', { name: 'Open file' }).click()
  await page.getByText('vp8').waitFor()
  await page.getByRole('link', { name: 'The original file' }).click()
  await page.getByRole('link', { name: /週會 第一集\.webm/ }).waitFor()
})

test('films are merged in the chosen order, and several files deleted after one question', PATIENT, async () => {
  for (const name of ['週會 第一集.mp4', '週會 第二集.mp4']) await withFilm(name)
  await page.getByRole('button', { name: 'Select' }).click()
  for (const name of ['週會 第二集.mp4', '週會 第一集.mp4']) await page.getByRole('checkbox', { name }).click()
  await page.getByRole('button', { name: 'Merge videos' }).click()
  await page.getByRole('button', { name: 'Move “週會 第一集.mp4” up' }).click()
  await page.getByRole('radio', { name: 'Fade' }).click()
  await page.getByRole('button', { name: 'Start merging' }).click()
  await tile('週會 第一集-merged.mp4').waitFor(MADE)
  await page.getByRole('button', { name: 'Select' }).click()
  for (const box of await page.getByRole('checkbox').all()) await box.click()
  await page.getByRole('toolbar').getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('button', { name: /^Delete \d+ files$/ }).click()
  await page.getByText('Nothing in the library yet').waitFor()
})

test('an upload goes on while one is elsewhere: a sign leads back to it, and leaving asks', async () => {
  const gate = Promise.withResolvers<void>()
  await page.route('**/api/v1/media/upload', async (route) => {
    await gate.promise
    await route.continue()
  })
  await put(file('週會.mp4', 'video/mp4', film))
  await page.getByRole('link', { name: 'Meetings' }).click()
  const sign = page.getByRole('link', { name: /^Uploading 1 file, \d+% done$/ })
  await sign.waitFor()
  expect(await axeFindings(page)).toEqual([])
  const asked = page.waitForEvent('dialog')
  await page.close({ runBeforeUnload: true })
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  await dialog.dismiss()
  await sign.click()
  await page.getByRole('heading', { name: 'Library' }).waitFor()
  gate.resolve()
  await tile('週會.mp4').waitFor()
  await sign.waitFor({ state: 'detached' })
  await page.unroute('**/api/v1/media/upload')
})

test('a deleted file comes back by “Undo”, and is gone without it, also when the page is left', async () => {
  const remove = async (name: string): Promise<void> => {
    await page.getByRole('button', { name: `More for “${name}”` }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await tile(name).waitFor({ state: 'detached' })
  }
  const left = async (): Promise<number> => {
    const headers = { authorization: `Bearer ${person.tokens.access_token}` }
    const answer = await fetch(`${server.url}/api/v1/media`, { headers })
    return ((await answer.json()) as { data: { total: number } }).data.total
  }
  for (const name of ['一.mp4', '二.mp4']) await withFilm(name)
  await remove('一.mp4')
  await page.getByRole('button', { name: 'Undo' }).click()
  await tile('一.mp4').waitFor()
  await remove('一.mp4')
  expect(await left()).toBe(2)
  await page.getByText('“一.mp4” deleted').locator('..').getByRole('button', { name: 'Close' }).click()
  await expect.poll(left).toBe(1)
  await remove('二.mp4')
  await page.goto('about:blank')
  await expect.poll(left).toBe(0)
})
