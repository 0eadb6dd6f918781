import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openRtpPeer } from '#test/sip/support/rtp-peer.ts'
import type { RtpPeer } from '#test/sip/support/rtp-peer.ts'
import { answers } from '#test/sip/support/scenarios.ts'
import { freePort, startSipp } from '#test/sip/support/sipp.ts'
import type { Sipp } from '#test/sip/support/sipp.ts'
import { connectCalls } from '#test/support/call-client.ts'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { signIn, signUp } from './support/accounts.ts'
import { axeFindings } from './support/axe.ts'
import { openBrowser } from './support/browser.ts'
import type { Browser } from './support/browser.ts'
import { builtWeb } from './support/built-web.ts'

// Phone calls in Chromium, on the real server, with sipp at the other end of the line. Each test goes on where the one
// before ended.
let server: RunningServer
let browser: Browser
let page: Page
let rtp: RtpPeer
let phone: Sipp

beforeAll(async () => {
  await builtWeb()
  rtp = await openRtpPeer()
  const port = await freePort('udp')
  phone = await startSipp(answers(rtp.port), { port, more: ['-timeout', '200s'] })
  server = await startServer({
    env: {
      CONFAB_SIP_SERVER: phone.address,
      CONFAB_SIP_HOST: '127.0.0.1',
      CONFAB_CALLS_QUIET_FROM: '0',
      CONFAB_CALLS_QUIET_UNTIL: '0',
    },
  })
  const somebody = await signUp(server.url, 'yijun', '林怡君')
  browser = await openBrowser()
  page = browser.page
  await signIn(browser, server.url, somebody)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await phone?.stop()
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
  await page.getByLabel('Phone number').fill('0912 345 678')
  await page.getByLabel('What to say').fill('您好,幫我預約明天門診')
  await page.locator('button[type=submit]').click()
  await page.getByText('Talking', { exact: true }).waitFor({ timeout: 30_000 })
  await page.getByText('Completed', { exact: true }).waitFor({ timeout: 30_000 })
  expect((await phone.verdict).ok).toBe(true)
  expect(rtp.packets.length).toBeGreaterThan(100)
  expect(await axeFindings(page)).toEqual([])
  await page.goto(`${server.url}/calls`)
  await page.getByText('+886912345678').waitFor()
})

test('the key opens a socket, and the socket shows among the connections', async () => {
  await page.goto(`${server.url}/calls/connections`)
  await page.getByText('API key', { exact: true }).waitFor()
  const token = await page.evaluate(() => {
    const session = JSON.parse(localStorage.getItem('confab.session') ?? '{}') as { accessToken: string }
    return session.accessToken
  })
  const client = await connectCalls(`${server.url.replace('http', 'ws')}/ws?token=${token}`)
  await page.getByText('Connected', { exact: true }).first().waitFor({ timeout: 20_000 })
  expect(await axeFindings(page)).toEqual([])
  await client.close()
})

test('an admin switches calls off, and nobody can call', async () => {
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
