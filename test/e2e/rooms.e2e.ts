import { rm } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { signIn, signUp } from './support/accounts.ts'
import type { Somebody } from './support/accounts.ts'
import { openBrowser } from './support/browser.ts'
import type { Browser } from './support/browser.ts'
import { builtWeb } from './support/built-web.ts'
import { drawn, settled } from './support/room.ts'
import { makeRoom, say } from './support/workspace.ts'

// Two real browsers in the rooms of a real server.

let server: RunningServer
let yijun: Somebody
let zhiyuan: Somebody
let here: Browser
let there: Browser
/** Each try has rooms of its own. */
let tries = 0
const named = (name: string): string => `${name}${tries}`

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
  await Promise.all([here, there].map((browser) => browser?.close()))
  await server?.stop()
  // A server that was started again on the same directory leaves it.
  if (server) await rm(server.dataDir, { recursive: true, force: true })
})
beforeEach(() => void tries++)
afterEach(() => {
  expect([here, there].flatMap((browser) => browser.complaints.splice(0))).toEqual([])
})

const log = ({ page }: Browser) => page.getByRole('log')
const composer = ({ page }: Browser) => page.getByRole('textbox')

test('a message is seen on the other side, counted while unread, answered, edited and deleted', async () => {
  const room = await makeRoom(server.url, [yijun, zhiyuan], named('設計討論'))
  await there.page.goto(`${server.url}/rooms`)
  await here.page.goto(`${server.url}/rooms/${room}`)
  await composer(here).fill('@zhi')
  await here.page.getByRole('option', { name: /歐陽致遠/ }).waitFor()
  await composer(here).press('Enter')
  await composer(here).pressSequentially('**請看** <img src=x onerror=alert(1)>')
  await composer(here).press('Enter')
  await log(here).getByText('請看').waitFor()

  const row = there.page.getByRole('link', { name: new RegExp(named('設計討論')) })
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
  // What is still on its way cannot be edited.
  await log(there).getByRole('article').getByText('看到了').waitFor()
  await composer(there).press('ArrowUp')
  await expect.poll(() => composer(there).inputValue()).toBe('看到了')
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
  const room = await makeRoom(server.url, [yijun, zhiyuan], named('歷史'))
  for (let i = 1; i <= 200; i++) await say(server.url, yijun, room, `第 ${i} 則`)
  await here.page.goto(`${server.url}/rooms/${room}`)
  await log(here).getByText('第 200 則', { exact: true }).waitFor()
  // Scrolling up to the first one, page by page, and nothing is there twice.
  await log(here).hover()
  const first = log(here).getByText('第 1 則', { exact: true })
  const turned = async (): Promise<boolean> => {
    await here.page.mouse.wheel(0, -2_000)
    await drawn(here.page)
    return first.isVisible()
  }
  await expect.poll(turned, { timeout: 45_000, interval: 10 }).toBe(true)
  const before = await settled(first)
  await say(server.url, zhiyuan, room, '新的')
  await here.page.getByRole('link', { name: new RegExp(`${named('歷史')}.*新的`) }).waitFor()
  expect((await settled(first)).y).toBeCloseTo(before.y, 0)
  await here.page.getByRole('button', { name: 'Jump to the latest' }).click()
  await log(here).getByText('新的').waitFor()
})

test('a room opens at the first unread message of many, and one comes back to it from the latest', async () => {
  const room = await makeRoom(server.url, [zhiyuan, yijun], named('很多未讀'))
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
  const room = await makeRoom(server.url, [zhiyuan, yijun], named('尋找'))
  const cake = named('鳳梨酥')
  await say(server.url, zhiyuan, room, `很久以前的${cake}`)
  for (let i = 1; i <= 120; i++) await say(server.url, zhiyuan, room, `之後 ${i}`)
  await here.page.goto(`${server.url}/rooms`)
  await here.page.getByRole('searchbox').first().fill(cake)
  await here.page.getByRole('link', { name: new RegExp(`很久以前的${cake}`) }).click()
  await log(here).getByText(`很久以前的${cake}`).waitFor()
})

test('an invite link brings somebody in, who is there at once; once it is ended it leads nowhere', async () => {
  const room = await makeRoom(server.url, [yijun], named('邀請'))
  await here.page.goto(`${server.url}/rooms/${room}`)
  await here.page.getByRole('button', { name: 'Members and settings' }).click()
  await here.page.getByRole('button', { name: 'Create invite link' }).click()
  const url = (await here.page.getByText(/rooms\/join\?token=/).textContent()) ?? ''
  await there.page.goto(url)
  await there.page.getByRole('button', { name: 'Join' }).click()
  await there.page.getByRole('heading', { name: named('邀請') }).waitFor()
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
  const room = await makeRoom(server.url, [yijun, zhiyuan], named('斷線'))
  await here.page.goto(`${server.url}/rooms/${room}`)
  await there.page.goto(`${server.url}/rooms/${room}`)
  await composer(here).fill('之前')
  await composer(here).press('Enter')
  await log(there).getByText('之前').waitFor()
  const { port, dataDir } = server
  await server.kill('SIGKILL')
  try {
    await here.page.getByText('Connection lost, connecting again…').waitFor()
    await composer(here).fill('斷線時寫的')
    await composer(here).press('Enter')
  } finally {
    server = await startServer({ port, dataDir })
  }
  // Sent by itself within its tries, or by hand after them.
  const again = log(here).getByRole('button', { name: 'Try again' })
  const arrived = log(there).getByText('斷線時寫的')
  await again.or(log(here).getByRole('article').getByText('斷線時寫的')).first().waitFor()
  if (await again.isVisible()) await again.click()
  await arrived.waitFor()
  expect(await arrived.count()).toBe(1)
  // That nothing answers while the server is away is what this is about.
  for (const { complaints } of [here, there]) complaints.length = 0
})
