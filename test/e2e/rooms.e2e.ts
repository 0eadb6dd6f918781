import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { signIn, signUp } from './support/accounts.ts'
import type { Somebody } from './support/accounts.ts'
import { openBrowser } from './support/browser.ts'
import type { Browser } from './support/browser.ts'
import { builtWeb } from './support/built-web.ts'
import { makeRoom, say } from './support/workspace.ts'

// Two real browsers in the rooms of a real server.

let server: RunningServer
let yijun: Somebody
let zhiyuan: Somebody
let here: Browser
let there: Browser

beforeAll(async () => {
  await builtWeb()
  server = await startServer()
  yijun = await signUp(server.url, 'yijun', '林怡君')
  zhiyuan = await signUp(server.url, 'zhiyuan', '歐陽致遠')
  here = await openBrowser({ width: 1280, height: 800 })
  there = await openBrowser({ width: 1280, height: 800 })
  await signIn(here, server.url, yijun)
  await signIn(there, server.url, zhiyuan)
})
afterAll(async () => {
  // That nothing answers while the server is away is what one test is about.
  const complaints = [...here.complaints, ...there.complaints]
  expect(complaints.filter((one) => !one.includes('ERR_CONNECTION_REFUSED'))).toEqual([])
  await Promise.all([here.close(), there.close()])
  await server.stop()
})

const log = ({ page }: Browser) => page.getByRole('log')
const composer = ({ page }: Browser) => page.getByRole('textbox')

test('a message is seen on the other side, counted while unread, answered, edited and deleted', async () => {
  const room = await makeRoom(server.url, [yijun, zhiyuan], '設計討論')
  await there.page.goto(`${server.url}/rooms`)
  await here.page.goto(`${server.url}/rooms/${room}`)
  await composer(here).fill('@zhi')
  await here.page.getByRole('option', { name: /歐陽致遠/ }).waitFor()
  await composer(here).press('Enter')
  await composer(here).pressSequentially('**請看** <img src=x onerror=alert(1)>')
  await composer(here).press('Enter')
  await log(here).getByText('請看').waitFor()

  const row = there.page.getByRole('link', { name: /設計討論/ })
  await row.getByText('1 unread message').waitFor()
  await row.getByRole('img', { name: 'You were mentioned' }).waitFor()
  await row.click()
  await log(there).locator('strong', { hasText: '請看' }).waitFor()
  await log(there).getByText('<img src=x onerror=alert(1)>').waitFor()
  await row.getByText('1 unread message').waitFor({ state: 'detached' })

  await log(there).getByRole('article').last().hover()
  await log(there).getByRole('button', { name: 'Reply' }).last().click()
  await composer(there).fill('看到了')
  await composer(there).press('Enter')
  await log(here).getByText('看到了').waitFor()
  await composer(there).press('ArrowUp')
  await composer(there).fill('看到了，謝謝')
  await composer(there).press('Enter')
  await log(here).getByText('看到了，謝謝').waitFor()
  await log(here).getByText('(edited)').waitFor()

  await log(there).getByRole('article').last().hover()
  await log(there).getByRole('button', { name: 'More actions' }).last().click()
  await there.page.getByRole('menuitem', { name: 'Delete message' }).click()
  await there.page.getByRole('button', { name: 'Delete message' }).click()
  await log(here).getByText('Message deleted').waitFor()
})

test('older messages load while the view stays where it is, and what is new waits below', async () => {
  const room = await makeRoom(server.url, [yijun, zhiyuan], '歷史')
  for (let i = 1; i <= 200; i++) await say(server.url, yijun, room, `第 ${i} 則`)
  await here.page.goto(`${server.url}/rooms/${room}`)
  await log(here).getByText('第 200 則', { exact: true }).waitFor()
  // Scrolling up to the first one, page by page, and nothing is there twice.
  await log(here).hover()
  for (let step = 0; step < 200 && !(await log(here).getByText('第 1 則', { exact: true }).isVisible()); step++) {
    await here.page.mouse.wheel(0, -2_000)
    await here.page.evaluate('new Promise(requestAnimationFrame)')
  }
  const first = log(here).getByText('第 1 則', { exact: true })
  await first.waitFor()
  const before = await first.boundingBox()
  await say(server.url, zhiyuan, room, '新的')
  await here.page.getByRole('link', { name: /歷史.*新的/ }).waitFor()
  expect((await first.boundingBox())?.y).toBeCloseTo(before?.y ?? Number.NaN, 0)
  await here.page.getByRole('button', { name: 'Jump to the latest' }).click()
  await log(here).getByText('新的').waitFor()
})

test('a room opens at the first unread message of many, and one comes back to it from the latest', async () => {
  const room = await makeRoom(server.url, [zhiyuan, yijun], '很多未讀')
  for (let i = 1; i <= 150; i++) await say(server.url, zhiyuan, room, `未讀 ${i}`)
  await here.page.goto(`${server.url}/rooms/${room}`)
  await log(here).getByText('未讀 1', { exact: true }).waitFor()
  await here.page.getByRole('button', { name: 'Jump to the latest' }).click()
  await log(here).getByText('未讀 150', { exact: true }).waitFor()
  await here.page.getByRole('button', { name: 'Jump to first unread (150)' }).click()
  await log(here).getByText('New messages').waitFor()
  await log(here).getByText('未讀 1', { exact: true }).waitFor()
})

test('a message found by search is shown, however far back it is', async () => {
  const room = await makeRoom(server.url, [zhiyuan, yijun], '尋找')
  await say(server.url, zhiyuan, room, '很久以前的鳳梨酥')
  for (let i = 1; i <= 120; i++) await say(server.url, zhiyuan, room, `之後 ${i}`)
  await here.page.goto(`${server.url}/rooms`)
  await here.page.getByRole('searchbox').first().fill('鳳梨酥')
  await here.page.getByRole('link', { name: /很久以前的鳳梨酥/ }).click()
  await log(here).getByText('很久以前的鳳梨酥').waitFor()
})

test('an invite link brings somebody in, who is there at once; once it is ended it leads nowhere', async () => {
  const room = await makeRoom(server.url, [yijun], '邀請')
  await here.page.goto(`${server.url}/rooms/${room}`)
  await here.page.getByRole('button', { name: 'Members and settings' }).click()
  await here.page.getByRole('button', { name: 'Create invite link' }).click()
  const url = (await here.page.getByText(/rooms\/join\?token=/).textContent()) ?? ''
  await there.page.goto(url)
  await there.page.getByRole('button', { name: 'Join' }).click()
  await there.page.getByRole('heading', { name: '邀請' }).waitFor()
  await here.page.keyboard.press('Escape')
  await here.page.getByText('2 members · 2 online').waitFor()
  await here.page.getByRole('button', { name: 'Members and settings' }).click()
  await here.page.getByRole('button', { name: 'End', exact: true }).click()
  await here.page.getByRole('button', { name: 'End', exact: true }).waitFor({ state: 'detached' })
  await here.page.keyboard.press('Escape')
  await there.page.goto(url)
  await there.page.getByText('This invitation has ended').waitFor()
})

test('what is written while the server is away is sent when it is back', async () => {
  const room = await makeRoom(server.url, [yijun, zhiyuan], '斷線')
  await here.page.goto(`${server.url}/rooms/${room}`)
  await there.page.goto(`${server.url}/rooms/${room}`)
  await composer(here).fill('之前')
  await composer(here).press('Enter')
  await log(there).getByText('之前').waitFor()
  const { port, dataDir } = server
  await server.kill('SIGKILL')
  await here.page.getByText('Connection lost, connecting again…').waitFor()
  await composer(here).fill('斷線時寫的')
  await composer(here).press('Enter')
  server = await startServer({ port, dataDir })
  // Sent by itself within its tries, or by hand after them.
  const again = log(here).getByRole('button', { name: 'Try again' })
  const arrived = log(there).getByText('斷線時寫的')
  await again.or(log(here).getByRole('article').getByText('斷線時寫的')).first().waitFor()
  if (await again.isVisible()) await again.click()
  await arrived.waitFor()
  expect(await arrived.count()).toBe(1)
})
