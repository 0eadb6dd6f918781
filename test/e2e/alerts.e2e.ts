import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startFakePtt } from '#test/fakes/ptt.ts'
import type { FakePtt } from '#test/fakes/ptt.ts'
import { startFakeTelegram, TELEGRAM_TOKEN } from '#test/fakes/telegram.ts'
import type { FakeTelegram } from '#test/fakes/telegram.ts'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { signIn, signUp } from './support/accounts.ts'
import { axeFindings } from './support/axe.ts'
import { openBrowser } from './support/browser.ts'
import type { Browser } from './support/browser.ts'
import { builtWeb } from './support/built-web.ts'
import { until } from './support/room.ts'

// Board alerts in a real browser, from the first subscription to the message in the messenger.

let ptt: FakePtt
let telegram: FakeTelegram
let server: RunningServer
let browser: Browser
/** Each try has an account of its own, and a chat. */
let people = 0

beforeAll(async () => {
  await builtWeb()
  ;[ptt, telegram] = await Promise.all([startFakePtt(), startFakeTelegram()])
  ptt.post('Stock', { title: '[標的] 台積電 多', author: 'waferlover' })
  server = await startServer({
    env: {
      CONFAB_PTT_URL: ptt.url,
      CONFAB_PTT_INTERVAL: '1',
      CONFAB_TELEGRAM_TOKEN: TELEGRAM_TOKEN,
      CONFAB_TELEGRAM_API_URL: telegram.url,
    },
  })
  browser = await openBrowser()
})
beforeEach(async () => {
  const somebody = await signUp(server.url, `yijun${++people}`, '林怡君')
  await signIn(browser, server.url, somebody)
})
afterEach(() => {
  expect(browser.complaints.splice(0)).toEqual([])
})
afterAll(async () => {
  // Whatever of it began.
  await browser?.close()
  await server?.stop()
  await Promise.all([ptt?.close(), telegram?.close()])
})

test('subscribe with a preview, bind Telegram by its code, and get the alert in both places', async () => {
  const { page } = browser
  await page.goto(`${server.url}/alerts`)
  await page.getByText('No alerts yet').waitFor()
  expect(await axeFindings(page)).toEqual([])
  await page.getByRole('link', { name: 'Add subscription' }).click()

  await page.getByRole('button', { name: 'Add subscription' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Board').fill('stock')
  await dialog.getByLabel('Keyword', { exact: true }).last().fill('台積電')
  await dialog.getByText('[標的] 台積電 多').waitFor()
  await dialog.getByRole('button', { name: 'Subscribe' }).click()
  await page.getByText('Stock · 台積電').waitFor()
  expect(await axeFindings(page)).toEqual([])

  await page.getByRole('link', { name: 'Bindings' }).click()
  await page.getByRole('button', { name: 'Bind' }).first().click()
  await page.getByRole('img', { name: 'QR code of the link that binds Telegram' }).waitFor()
  expect(await axeFindings(page)).toEqual([])
  const link = await page.getByRole('link', { name: 'Open Telegram' }).getAttribute('href')
  const code = new URL(link ?? '').searchParams.get('start') ?? ''
  const chat = 70 + people
  telegram.write(chat, `/start ${code}`)
  await page.getByText(`Sends to ${chat}`).waitFor()

  const [first, second] = [`[新聞] 台積電 法說會${people}`, `[新聞] 台積電 再創新高${people}`]
  ptt.post('Stock', { title: first, author: 'reporter' })
  await until(
    async () => telegram.sent.map((one) => one.text),
    (texts) => texts.some((text) => text.includes(first)),
  )
  await page.getByRole('link', { name: 'History' }).click()
  await page.getByText(first).waitFor()
  // Live, without a reload.
  ptt.post('Stock', { title: second })
  await page.getByText(second).waitFor()
  await page.getByRole('link', { name: 'Deliveries' }).click()
  await page.getByText('Delivered', { exact: true }).first().waitFor()
  expect(await axeFindings(page)).toEqual([])
})
