import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { signIn, signUp } from './support/accounts.ts'
import type { Somebody } from './support/accounts.ts'
import { openBrowser } from './support/browser.ts'
import type { Browser } from './support/browser.ts'
import { builtWeb } from './support/built-web.ts'
import { settled } from './support/room.ts'
import { ask } from './support/workspace.ts'

// The calendar in a real browser on a real server.

let server: RunningServer
let yijun: Somebody
let browser: Browser
let people = 0

beforeAll(async () => {
  await builtWeb()
  server = await startServer()
  browser = await openBrowser({ width: 1280, height: 900 })
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})
// Each try has a calendar of its own.
beforeEach(async () => {
  yijun = await signUp(server.url, `yijun${++people}`, '林怡君')
  await signIn(browser, server.url, yijun)
})
afterEach(() => {
  expect(browser.complaints.splice(0)).toEqual([])
})

interface Shown {
  id: number
  title: string
  start_time: string
  end_time: string
}
const schedules = async (): Promise<Shown[]> =>
  (await ask<{ data: { schedule: Shown[] } }>(server.url, yijun, 'GET', '/api/schedules')).data.schedule
/** Today on the account's clock. */
const today = () => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Taipei' }).format(new Date())
const create = (title: string, from: string, to: string) =>
  ask(server.url, yijun, 'POST', '/api/schedules', {
    title,
    start_time: `${today()}T${from}`,
    end_time: `${today()}T${to}`,
  })

test('it begins with the account’s today, also where the browser is a day off', async () => {
  const { page } = browser
  const hour = Number(new Intl.DateTimeFormat('en-GB', { hour: '2-digit', timeZone: 'Asia/Taipei' }).format(new Date()))
  const devtools = await page.context().newCDPSession(page)
  // Nineteen hours behind, or six ahead.
  const timezoneId = hour < 18 ? 'Pacific/Niue' : 'Pacific/Kiritimati'
  await devtools.send('Emulation.setTimezoneOverride', { timezoneId })
  await page.goto(`${server.url}/calendar`)
  await page.getByRole('radio', { name: 'Day', exact: true }).click()
  const title = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'Asia/Taipei' }).format(new Date())
  try {
    await page.getByRole('heading', { name: title }).waitFor()
  } finally {
    await devtools.send('Emulation.setTimezoneOverride', { timezoneId: '' })
    await devtools.detach()
  }
})

test('a schedule is made, its conflict told before it is saved, and changed', async () => {
  const { page } = browser
  await create('牙醫', '09:00', '10:00')
  await page.goto(`${server.url}/calendar`)
  await page.getByText('牙醫').first().waitFor()
  await page.keyboard.press('c')
  await page.getByLabel('Title').fill('Planning')
  await page.getByLabel('Starts').fill(`${today()}T09:30`)
  await page.getByLabel('Ends').fill(`${today()}T10:30`)
  const dialog = page.getByRole('dialog')
  await dialog.getByText('This time is taken by:').waitFor()
  await dialog.getByText('09:00–10:00').waitFor()
  // Asked again for each change of the times; the last one counts.
  await expect.poll(() => dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
  await page.getByLabel('Starts').fill(`${today()}T10:00`)
  await page.getByLabel('Ends').fill(`${today()}T11:00`)
  await dialog.getByText('This time is taken by:').waitFor({ state: 'detached' })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('Planning').first().waitFor()
  await expect
    .poll(schedules)
    .toMatchObject([{ title: '牙醫' }, { title: 'Planning', start_time: `${today()}T10:00:00` }])
})

test('dragging over empty time makes one, dragging it moves it, and it can be brought back', async () => {
  const { page } = browser
  await create('牙醫', '09:00', '10:00')
  await create('Planning', '10:00', '11:00')
  await page.goto(`${server.url}/calendar`)
  await page.getByRole('radio', { name: 'Day', exact: true }).click()
  const dentist = await settled(page.getByText('牙醫').first())
  const box = await settled(page.getByText('Planning').first())
  // An hour is as high as the hour that Planning takes: from 13:00 to 14:00, three hours further down.
  const hour = box.y - dentist.y
  await page.mouse.move(box.x + 200, box.y + hour * 3 + 2)
  await page.mouse.down()
  await page.mouse.move(box.x + 200, box.y + hour * 4 - 20, { steps: 8 })
  await page.mouse.up()
  await page.getByLabel('Title').fill('Dragged')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  const dragged = page.getByText('Dragged').first()
  await dragged.waitFor()
  await expect.poll(async () => (await schedules()).map((one) => one.title)).toContain('Dragged')
  const made = (await schedules()).find((one) => one.title === 'Dragged')
  expect(made?.start_time).toBe(`${today()}T13:00:00`)

  const at = await settled(dragged)
  await page.mouse.move(at.x + 5, at.y + 5)
  await page.mouse.down()
  await page.mouse.move(at.x + 5, at.y + 5 + hour * 2, { steps: 12 })
  await page.mouse.up()
  // By two hours, to the nearest quarter.
  await expect
    .poll(async () => (await schedules()).find((one) => one.title === 'Dragged')?.start_time)
    .toMatch(/T1(4:45|5:00|5:15)/)
  const moved = (await schedules()).find((one) => one.title === 'Dragged') as Shown
  expect(Date.parse(moved.end_time) - Date.parse(moved.start_time)).toBe(
    Date.parse(made?.end_time ?? '') - Date.parse(made?.start_time ?? ''),
  )

  await page.getByText('Dragged').first().click()
  await page.getByRole('button', { name: 'Delete' }).click()
  await expect.poll(async () => (await schedules()).map((one) => one.title)).not.toContain('Dragged')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(async () => (await schedules()).map((one) => one.title)).toContain('Dragged')
})

test('by keys: picked up, carried, made longer, put down; put back; refused where the time is taken', async () => {
  const { page } = browser
  await create('鍵盤', '17:00', '18:00')
  await page.goto(`${server.url}/calendar`)
  await page.getByRole('radio', { name: 'Day', exact: true }).click()
  const event = page.locator('[tabindex]', { has: page.getByText('鍵盤') }).last()
  await event.waitFor()
  const find = async () => (await schedules()).find((one) => one.title === '鍵盤') as Shown
  await event.focus()
  for (const key of ['Space', 'ArrowDown', 'ArrowDown', 'Shift+ArrowDown']) await page.keyboard.press(key)
  await page.getByRole('status').getByText('17:30–18:45').waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(find).toMatchObject({ start_time: `${today()}T17:30:00`, end_time: `${today()}T18:45:00` })
  await page.getByRole('status').getByText('17:30–18:45').waitFor({ state: 'detached' })

  await event.focus()
  for (const key of ['Space', 'ArrowRight', 'Escape']) await page.keyboard.press(key)
  expect(await find()).toMatchObject({ start_time: `${today()}T17:30:00` })
  // The arrows of the page are its own again.
  await create('晚餐', '19:00', '20:00')
  await page.getByText('晚餐').first().waitFor()
  await event.focus()
  for (const key of ['Space', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'Space']) await page.keyboard.press(key)
  await page.getByText('Something else takes up this time.').first().waitFor()
  expect(await find()).toMatchObject({ start_time: `${today()}T17:30:00`, end_time: `${today()}T18:45:00` })
})

test('by touch: a long press makes one, and carries one', async () => {
  await create('牙醫', '09:00', '10:00')
  await create('Planning', '10:00', '11:00')
  const phone = await openBrowser({ width: 390, height: 844, touch: true })
  try {
    await signIn(phone, server.url, yijun)
    const { page } = phone
    await page.goto(`${server.url}/calendar`)
    await page.getByRole('radio', { name: 'Day', exact: true }).click()
    const box = await settled(page.getByText('牙醫').first())
    const planning = await settled(page.getByText('Planning').first())
    const finger = await page.context().newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: { x: number; y: number }) =>
      finger.send('Input.dispatchTouchEvent', { type, touchPoints: at ? [at] : [] })
    /** Presses until the board has taken the press for a drag, then draws the finger down. */
    const drag = async (from: { x: number; y: number }, by: number) => {
      await touch('touchStart', from)
      await page.locator('.confab-carried').first().waitFor({ state: 'attached' })
      for (let step = 1; step <= 8; step++) await touch('touchMove', { x: from.x, y: from.y + (by * step) / 8 })
      await touch('touchEnd')
    }
    const hour = planning.y - box.y
    // From one o’clock on there is nothing.
    await drag({ x: box.x + 150, y: box.y + hour * 4.1 }, hour * 0.6)
    await page.getByLabel('Title').fill('觸控')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect.poll(async () => (await schedules()).map((one) => one.title)).toContain('觸控')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    // The dentist from nine to eleven: there is nothing from eleven on.
    await drag({ x: box.x + 10, y: box.y + 8 }, hour * 2)
    await expect
      .poll(async () => (await schedules()).find((one) => one.title === '牙醫')?.start_time)
      .toMatch(/T1(0:45|1:00|1:15)/)
    expect(phone.complaints).toEqual([])
  } finally {
    await phone.close()
  }
})
