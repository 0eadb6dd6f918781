import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import sharp from 'sharp'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { signIn, signUp } from './support/accounts.ts'
import type { Somebody } from './support/accounts.ts'
import { axeFindings } from './support/axe.ts'
import { openBrowser } from './support/browser.ts'
import type { Browser } from './support/browser.ts'
import { builtWeb } from './support/built-web.ts'
import { makeRoom } from './support/workspace.ts'

// Files in messages, in two real browsers: attached, dropped and pasted; seen, heard, and gone with their message.

let server: RunningServer
let yijun: Somebody
let zhiyuan: Somebody
let here: Browser
let there: Browser
let picture: Buffer

beforeAll(async () => {
  await builtWeb()
  server = await startServer()
  yijun = await signUp(server.url, 'yijun', '林怡君')
  zhiyuan = await signUp(server.url, 'zhiyuan', '歐陽致遠')
  here = await openBrowser({ width: 1280, height: 800 })
  there = await openBrowser({ width: 390, height: 844 })
  await signIn(here, server.url, yijun)
  await signIn(there, server.url, zhiyuan)
  picture = await sharp({ create: { width: 800, height: 500, channels: 3, background: '#3a7' } })
    .png()
    .toBuffer()
})
afterAll(async () => {
  await Promise.all([here, there].map((browser) => browser?.close()))
  await server?.stop()
})
afterEach(() => {
  // That the file of a deleted message is refused is what one test is about.
  const complaints = [here, there].flatMap((browser) => browser.complaints.splice(0))
  expect(complaints.filter((one) => !one.includes('404'))).toEqual([])
})

const log = ({ page }: Browser) => page.getByRole('log')
const drafts = ({ page }: Browser) => page.getByRole('list', { name: 'Files of this message' })

/** What of a browser the page's side of `hand` uses; tests are compiled without its types. */
interface Page {
  readonly DataTransfer: new () => { readonly items: { add(file: unknown): void } }
  readonly DragEvent: new (type: string, options: object) => object
  readonly ClipboardEvent: new (type: string, options: object) => object
}

/** Hands the page files as a drop or a paste does. */
async function hand(browser: Browser, kind: 'drop' | 'paste', name: string, type: string, bytes: Buffer) {
  const element = browser.page.getByRole(kind === 'drop' ? 'log' : 'textbox')
  await element.evaluate(
    (node, given) => {
      const { DataTransfer, DragEvent, ClipboardEvent } = globalThis as unknown as Page
      const transfer = new DataTransfer()
      const content = Uint8Array.from(atob(given.base64), (char) => char.charCodeAt(0))
      transfer.items.add(new File([content], given.name, { type: given.type }))
      const options = { bubbles: true, cancelable: true }
      const target = node as unknown as { dispatchEvent(event: object): void }
      target.dispatchEvent(
        given.kind === 'drop'
          ? new DragEvent('drop', { dataTransfer: transfer, ...options })
          : new ClipboardEvent('paste', { clipboardData: transfer, ...options }),
      )
    },
    { kind, name, type, base64: bytes.toString('base64') },
  )
}

test('files are attached, dropped and pasted, go up with their progress, and are seen by the others', async () => {
  const room = await makeRoom(server.url, [yijun, zhiyuan], '設計檔案')
  await there.page.goto(`${server.url}/rooms/${room}`)
  await here.page.goto(`${server.url}/rooms/${room}`)
  await here.page
    .locator('input[type=file]')
    .setInputFiles({ name: '白板.png', mimeType: 'image/png', buffer: picture })
  await drafts(here).getByText('白板.png').waitFor()
  await hand(here, 'paste', 'pasted.png', 'image/png', picture)
  await drafts(here).getByText('pasted.png').waitFor()
  await here.page.getByRole('button', { name: 'Remove pasted.png' }).click()
  await drafts(here).getByText('pasted.png').waitFor({ state: 'detached' })
  // Markup is no file for a room; its row says so, and nothing can be sent with it.
  await here.page
    .locator('input[type=file]')
    .setInputFiles({ name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<html><script>1</script>') })
  await drafts(here).getByText('This kind of file is not supported').waitFor()
  expect(await here.page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true)
  await here.page.getByRole('button', { name: 'Remove page.html' }).click()
  await here.page.getByRole('textbox').fill('請看')
  await expect.poll(() => here.page.getByRole('button', { name: 'Send' }).isEnabled(), { timeout: 10_000 }).toBe(true)
  await here.page.getByRole('button', { name: 'Send' }).click()
  await drafts(here).waitFor({ state: 'detached' })

  const shown = log(there).getByRole('img', { name: '白板.png' })
  await shown.waitFor()
  await expect
    .poll(() => shown.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth), {
      timeout: 10_000,
    })
    .toBeGreaterThan(0)
  await there.page.getByRole('button', { name: 'Enlarge 白板.png' }).click()
  await there.page.getByRole('dialog', { name: '白板.png' }).getByRole('img').waitFor()
  expect(await axeFindings(there.page)).toEqual([])
  await there.page.keyboard.press('Escape')
})

test('a text is saved by its name; what is dropped goes too; a deleted message takes its file along', async () => {
  const room = await makeRoom(server.url, [yijun, zhiyuan], '文件')
  await here.page.goto(`${server.url}/rooms/${room}`)
  await here.page.getByRole('textbox').fill('先說一句')
  await here.page.getByRole('textbox').press('Enter')
  await log(here).getByText('先說一句').waitFor()
  await hand(here, 'drop', '會議記錄.txt', 'text/plain', Buffer.from('一、二、三'))
  await drafts(here).getByText('會議記錄.txt').waitFor()
  await expect.poll(() => here.page.getByRole('button', { name: 'Send' }).isEnabled(), { timeout: 10_000 }).toBe(true)
  await here.page.getByRole('textbox').press('Enter')
  await there.page.goto(`${server.url}/rooms/${room}`)
  const save = log(there).getByRole('link', { name: 'Download 會議記錄.txt' })
  const href = (await save.getAttribute('href')) ?? ''
  const [download] = await Promise.all([there.page.waitForEvent('download'), save.click()])
  expect(download.suggestedFilename()).toBe('會議記錄.txt')
  expect((await fetch(server.url + href)).status).toBe(200)

  await log(here).getByRole('article').last().hover()
  await log(here).getByRole('button', { name: 'More actions' }).last().click()
  await here.page.getByRole('menuitem', { name: 'Delete message' }).click()
  await here.page.getByRole('button', { name: 'Delete message' }).click()
  await save.waitFor({ state: 'detached' })
  await expect.poll(async () => (await fetch(server.url + href)).status).toBe(404)
})
