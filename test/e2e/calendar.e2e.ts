import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { signIn, signUp } from './support/accounts.ts'
import type { Somebody } from './support/accounts.ts'
import { openBrowser } from './support/browser.ts'
import type { Browser } from './support/browser.ts'
import { builtWeb } from './support/built-web.ts'
import { ask } from './support/workspace.ts'

// The calendar in a real browser on a real server.

let server: RunningServer
let yijun: Somebody
let browser: Browser

beforeAll(async () => {
  await builtWeb()
  server = await startServer()
  yijun = await signUp(server.url, 'yijun', '林怡君')
  browser = await openBrowser({ width: 1280, height: 900 })
  await signIn(browser, server.url, yijun)
})
afterAll(async () => {
  expect(browser.complaints).toEqual([])
  await browser.close()
  await server.stop()
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
  expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
  await page.getByLabel('Starts').fill(`${today()}T10:00`)
  await page.getByLabel('Ends').fill(`${today()}T11:00`)
  await dialog.getByText('This time is taken by:').waitFor({ state: 'detached' })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('Planning').first().waitFor()
  expect(await schedules()).toMatchObject([{ title: '牙醫' }, { title: 'Planning', start_time: `${today()}T10:00:00` }])
})

test('dragging over empty time makes one, dragging it moves it, and it can be brought back', async () => {
  const { page } = browser
  await page.goto(`${server.url}/calendar`)
  await page.getByRole('radio', { name: 'Day' }).click()
  const planning = page.getByText('Planning').first()
  await planning.waitFor()
  const box = (await planning.boundingBox()) as { x: number; y: number; width: number; height: number }
  // An hour is as high as the hour that Planning takes: from 13:00 to 14:00, three hours further down.
  const dentist = (await page.getByText('牙醫').first().boundingBox()) as { y: number }
  const hour = box.y - dentist.y
  await page.mouse.move(box.x + 200, box.y + hour * 3 + 2)
  await page.mouse.down()
  await page.mouse.move(box.x + 200, box.y + hour * 4 - 20, { steps: 8 })
  await page.mouse.up()
  await page.getByLabel('Title').fill('Dragged')
  await page.getByRole('button', { name: 'Save' }).click()
  const dragged = page.getByText('Dragged').first()
  await dragged.waitFor()
  await expect.poll(async () => (await schedules()).map((one) => one.title)).toContain('Dragged')
  const made = (await schedules()).find((one) => one.title === 'Dragged')
  expect(made?.start_time).toBe(`${today()}T13:00:00`)

  const at = (await dragged.boundingBox()) as { x: number; y: number }
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
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(async () => (await schedules()).map((one) => one.title)).toContain('Dragged')
})
