import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import sharp from 'sharp'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { signIn, signUp } from './support/accounts.ts'
import type { Somebody } from './support/accounts.ts'
import { openBrowser } from './support/browser.ts'
import type { Browser } from './support/browser.ts'
import { builtWeb } from './support/built-web.ts'
import { drawn } from './support/room.ts'
import { ask, makeRoom, say } from './support/workspace.ts'

// Where a room opens: at what is new, or at its end, also where pictures come late and on a slow machine.

let server: RunningServer
let yijun: Somebody
let zhiyuan: Somebody
let browser: Browser

beforeAll(async () => {
  await builtWeb()
  server = await startServer()
  yijun = await signUp(server.url, 'yijun', '林怡君')
  zhiyuan = await signUp(server.url, 'zhiyuan', '歐陽致遠')
  browser = await openBrowser({ width: 1280, height: 800 })
  await signIn(browser, server.url, yijun)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})
afterEach(() => {
  expect(browser.complaints.splice(0)).toEqual([])
})

const log = () => browser.page.getByRole('log')

/** Brings a picture of its own into a room. */
async function show(who: Somebody, room: number, name: string, width: number, height: number): Promise<void> {
  const image = await sharp({ create: { width, height, channels: 3, background: '#3a7' } })
    .png()
    .toBuffer()
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(image)], { type: 'image/png' }), name)
  const response = await fetch(`${server.url}/api/groups/${room}/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${who.tokens.access_token}` },
    body: form,
  })
  const { data } = (await response.json()) as { data: { id: string } }
  await ask(server.url, who, 'POST', '/api/messages', { chat_room_id: room, content: name, file_ids: [data.id] })
}

const FILES = /\/files\/.*(link|preview)/

/**
 * Opens a room on a slow machine while its files are slow to come, and waits until every picture in view is there. Answers
 * how far the first message of `unread` is from the top of the log, and how much of the log is below.
 */
async function openSlowly(room: number): Promise<void> {
  const { page } = browser
  const slow = await page.context().newCDPSession(page)
  await slow.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  const { promise: areOpen, resolve: open } = Promise.withResolvers<void>()
  await page.route(FILES, async (route) => {
    await areOpen
    await route.continue()
  })
  try {
    // A look at another page first: what another room kept is gone then.
    await page.goto(`${server.url}/rooms/${room}`)
    await log().getByRole('article').first().waitFor()
    open()
    await expect.poll(pictures, { timeout: 45_000 }).not.toContain(false)
  } finally {
    open()
    await slow.send('Emulation.setCPUThrottlingRate', { rate: 1 })
    await slow.detach()
    await page.unroute(FILES)
  }
}

interface Drawn {
  readonly naturalWidth: number
}
/** Which pictures of those in view are there. */
const pictures = () =>
  log().evaluate((node) => {
    const { querySelectorAll } = node as unknown as { querySelectorAll(selector: string): Iterable<Drawn> }
    return [...querySelectorAll.call(node, 'button img')].map((image) => image.naturalWidth > 0)
  })
/** How much of the log is below what one sees. */
const below = () =>
  log().evaluate((node) => {
    const { scrollTop, scrollHeight, clientHeight } = node as unknown as Record<string, number>
    return (scrollHeight ?? 0) - (scrollTop ?? 0) - (clientHeight ?? 0)
  })
/** Makes the first message drawn higher, as what comes late does. */
const grow = () =>
  log()
    .getByRole('article')
    .first()
    .evaluate((node) => {
      const { style } = node as unknown as { style: { paddingBottom: string } }
      style.paddingBottom = `${(parseInt(style.paddingBottom) || 0) + 90}px`
    })
/** How far a text is from the top of the log; NaN where it is not in view. */
async function depth(text: string): Promise<number> {
  const found = log().getByText(text, { exact: true })
  const [frame, box] = [await log().boundingBox(), (await found.count()) === 0 ? null : await found.boundingBox()]
  if (!frame || !box || box.y < frame.y || box.y + box.height > frame.y + frame.height) return Number.NaN
  return box.y - frame.y
}

const PATIENT = { timeout: 240_000 }
test('a room opens at the first unread message, however many there are and whatever they hold', PATIENT, async () => {
  const room = await makeRoom(server.url, [zhiyuan, yijun], '照片')
  for (let i = 1; i <= 100; i++) await say(server.url, zhiyuan, room, `第 ${i} 則`)
  for (let i = 101; i <= 108; i++) await show(zhiyuan, room, `第 ${i} 則`, i % 2 ? 600 : 900, 700)
  const readTo = (seq: number) => ask(server.url, yijun, 'PUT', `/api/groups/${room}/read`, { seq })

  for (const read of [10, 70, 98]) {
    await readTo(read)
    await openSlowly(room)
    // The line, and under it the first unread one, in the upper half.
    await expect.poll(() => depth('New messages'), { message: `read up to ${read}` }).toBeLessThan(300)
    await expect.poll(() => depth(`第 ${read + 1} 則`), { message: `read up to ${read}` }).toBeLessThan(300)
    await grow()
    await expect.poll(() => depth('New messages')).toBeLessThan(300)
  }
  await readTo(108)
  await openSlowly(room)
  await expect.poll(below).toBeLessThan(2)
  await grow()
  await expect.poll(below).toBeLessThan(2)
  // From the reader's own scrolling on it stays where they are.
  await log().hover()
  await browser.page.mouse.wheel(0, -500)
  await expect.poll(below).toBeGreaterThan(300)
  await grow()
  await drawn(browser.page)
  expect(await below()).toBeGreaterThan(300)
})
