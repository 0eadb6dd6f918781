import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openRtpPeer } from '#test/sip/support/rtp-peer.ts'
import type { RtpPeer } from '#test/sip/support/rtp-peer.ts'
import { answers } from '#test/sip/support/scenarios.ts'
import { freePort, startSipp } from '#test/sip/support/sipp.ts'
import { connectCalls } from '#test/support/call-client.ts'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { signIn, signUp } from './support/accounts.ts'
import type { Somebody } from './support/accounts.ts'
import { axeFindings } from './support/axe.ts'
import { openBrowser } from './support/browser.ts'
import type { Browser } from './support/browser.ts'
import { builtWeb } from './support/built-web.ts'
import { ask } from './support/workspace.ts'

// Phone calls in Chromium, on the real server, with sipp at the other end of the line.
let server: RunningServer
let browser: Browser
let page: Page
let somebody: Somebody
let rtp: RtpPeer
let port: number

beforeAll(async () => {
  await builtWeb()
  rtp = await openRtpPeer()
  port = await freePort('udp')
  server = await startServer({
    env: {
      CONFAB_SIP_SERVER: `127.0.0.1:${port}`,
      CONFAB_SIP_HOST: '127.0.0.1',
      CONFAB_CALLS_QUIET_FROM: '0',
      CONFAB_CALLS_QUIET_UNTIL: '0',
    },
  })
  somebody = await signUp(server.url, 'yijun', '林怡君')
  browser = await openBrowser()
  page = browser.page
  await signIn(browser, server.url, somebody)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await rtp?.close()
})
afterEach(() => {
  expect(browser.complaints.splice(0)).toEqual([])
})

test('a number that is none is refused in words', async () => {
  await page.goto(`${server.url}/calls?new=1`)
  await page.getByLabel('Phone number').fill('12345')
  await page.getByLabel('What to say').fill('hello')
  await page.locator('button[type=submit]').click()
  await page.getByText('That is no phone number').waitFor()
  expect(await axeFindings(page)).toEqual([])
})

test('a call is placed and followed live to its end', async () => {
  const phone = await startSipp(answers(rtp.port), { port, more: ['-timeout', '80s'] })
  onTestFinished(() => phone.stop())
  const before = rtp.packets.length
  await page.goto(`${server.url}/calls?new=1`)
  await page.getByLabel('Phone number').fill('0912 345 678')
  await page.getByLabel('What to say').fill('您好,幫我預約明天門診')
  await page.locator('button[type=submit]').click()
  await page.getByText('Talking', { exact: true }).waitFor({ timeout: 30_000 })
  await page.getByText('Completed', { exact: true }).waitFor({ timeout: 30_000 })
  expect((await phone.verdict).ok).toBe(true)
  expect(rtp.packets.length - before).toBeGreaterThan(100)
  expect(await axeFindings(page)).toEqual([])
  await page.goto(`${server.url}/calls`)
  await page.getByText('+886912345678').first().waitFor()
})

test('the key opens a socket, and the socket shows among the connections', async () => {
  await page.goto(`${server.url}/calls/connections`)
  await page.getByText('API key', { exact: true }).waitFor()
  const token = somebody.tokens.access_token
  const client = await connectCalls(`${server.url.replace('http', 'ws')}/ws?token=${token}`)
  onTestFinished(() => client.close())
  await page.getByText('Connected', { exact: true }).first().waitFor({ timeout: 20_000 })
  expect(await axeFindings(page)).toEqual([])
})

test('an admin switches calls off, and nobody can call', async () => {
  // A second try finds what the first one left.
  await ask(server.url, somebody, 'PUT', '/api/admin/calls/limits', { enabled: true })
  await page.goto(`${server.url}/calls/limits`)
  await page.getByRole('switch', { name: 'Allow calls' }).click()
  await page.locator('[role=switch][data-state=unchecked]').waitFor()
  expect(await axeFindings(page)).toEqual([])
  await page.goto(`${server.url}/calls?new=1`)
  await page.getByText('An admin has switched calls off.').waitFor()
  await page.getByLabel('Phone number').fill('+886912345678')
  await page.getByLabel('What to say').fill('hello')
  await page.locator('button[type=submit]').click()
  await page.getByText('Calls are switched off.').waitFor()
})
