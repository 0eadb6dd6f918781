import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createRtmpServer } from '#test/support/rtmp-server.ts'
import { call } from './support/accounts.ts'
import { axeFindings } from './support/axe.ts'
import { openBrowser } from './support/browser.ts'
import { gatherCrew } from './support/crew.ts'
import type { Crew } from './support/crew.ts'
import { goIn, moves } from './support/room.ts'

// A meeting of two browsers is recorded from the room, and the film played with the chat beside it.

let crew: Crew

const [HOST, GUEST] = [0, 1] as const
const PATIENT = { timeout: 240_000 }
const run = promisify(execFile)
// The machine may have more to do than this film.
const COMPOSE_MS = 150_000
const PLAYED = `document.querySelector('video')?.currentTime ?? 0`

beforeAll(async () => {
  // Streams may be pushed to this machine.
  crew = await gatherCrew(2, { env: { CONFAB_FETCH_PRIVATE: 'on' } })
})
afterAll(() => crew?.close())
afterEach(async () => {
  expect(await crew.disperse()).toEqual([])
})

test('record, everybody is told, stop, and play the film with its chat', PATIENT, async () => {
  const id = await crew.meeting()
  const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
  await host.setViewportSize({ width: 1280, height: 720 })
  await goIn(host, crew.server.url, id)
  await host.getByRole('button', { name: 'Record', exact: true }).click()
  await host.getByRole('radio', { name: '360p' }).click()
  expect(await axeFindings(host)).toEqual([])
  await host.getByRole('button', { name: 'Start recording' }).click()
  await host.getByText('Recording', { exact: true }).waitFor()

  // Somebody who comes late is told at the door of the room, and may not record.
  await goIn(guest, crew.server.url, id)
  await guest.getByRole('status').getByText('This meeting is being recorded.').waitFor()
  await guest.getByRole('button', { name: 'Got it' }).click()
  await guest.getByText('This meeting is being recorded.').waitFor({ state: 'detached' })
  await guest.getByText('Recording', { exact: true }).waitFor()
  expect(await guest.getByRole('button', { name: 'Record', exact: true }).count()).toBe(0)
  await moves(host, crew.person(GUEST).userId)
  await moves(guest, crew.person(HOST).userId, 'person', 30)
  await guest.keyboard.press('c')
  await guest.getByLabel('Message').fill('這一段請剪進宣傳片')
  await guest.keyboard.press('Enter')
  await guest.getByRole('log').getByText('這一段請剪進宣傳片').waitFor()

  await host.getByRole('button', { name: 'Stop recording' }).click()
  await host.getByRole('alertdialog').getByRole('button', { name: 'Stop recording' }).click()
  await guest.getByText('Recording', { exact: true }).waitFor({ state: 'detached' })

  await host.goto(`${crew.server.url}/meetings/${id}`)
  await host.getByRole('list', { name: 'Recordings' }).getByRole('link').click()
  const chat = host.getByRole('region', { name: 'Meeting chat' })
  await chat.getByText('這一段請剪進宣傳片').waitFor({ timeout: COMPOSE_MS })
  await chat.getByRole('button', { name: /^Go to/ }).click()
  await expect.poll(() => host.evaluate(PLAYED), { timeout: 30_000 }).toBeGreaterThan(1)
  expect(await axeFindings(host)).toEqual([])
  const [download] = await Promise.all([
    host.waitForEvent('download'),
    host.getByRole('button', { name: 'Download film' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^第四季產品規劃 .*\.mp4$/)
  await host.getByRole('button', { name: `Download ${crew.person(GUEST).nickname}’s sound` }).waitFor()

  await host.getByRole('button', { name: 'Delete recording' }).click()
  await host.getByRole('alertdialog').getByRole('button', { name: 'Delete recording' }).click()
  await host.getByText('No recordings yet').waitFor()
})

test(
  'who thinks of coming in reads that it is recorded: on the page of the meeting, before the door and in the lobby',
  PATIENT,
  async () => {
    const settings = { enable_waiting_room: true }
    const meeting_id = await crew.gathered(1, { settings })
    const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
    const ask = (path: string, body: object) =>
      call(crew.server.url, 'POST', `/api/v1/${path}`, body, crew.person(HOST).tokens.access_token)
    await ask(`meetings/${meeting_id}/participants`, { user_id: crew.person(GUEST).userId })
    await guest.goto(`${crew.server.url}/meetings/${meeting_id}`)
    await guest.getByRole('heading', { name: '第四季產品規劃' }).waitFor()
    expect(await guest.getByText(/^This meeting is/).count()).toBe(0)
    await ask('recording/start', { meeting_id, quality: 'low' })
    // It is seen without looking again.
    await guest.getByText('This meeting is being recorded.').waitFor()
    expect(await axeFindings(guest)).toEqual([])
    await guest.getByRole('link', { name: 'Join' }).first().click()
    await guest.getByText('This meeting is being recorded.').waitFor()
    expect(await axeFindings(guest)).toEqual([])
    await guest.locator('button[type=submit]').click()
    await guest.getByRole('button', { name: 'Stop waiting' }).waitFor()
    await guest.getByText('This meeting is being recorded.').waitFor()
    expect(await axeFindings(guest)).toEqual([])
    await host.getByText('Recording', { exact: true }).waitFor()
    await ask('recording/stop', { meeting_id })
    await guest.getByText('This meeting is being recorded.').waitFor({ state: 'detached' })
  },
)

test(
  'a stream is pushed to an RTMP server: what is measured is seen, and so is a server that went away',
  PATIENT,
  async () => {
    const rtmp = await createRtmpServer()
    await rtmp.start()
    try {
      await crew.gathered(2)
      const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
      await moves(host, crew.person(GUEST).userId)
      await host.getByRole('toolbar').getByRole('button', { name: 'More' }).click()
      await host.getByRole('menuitem', { name: 'Stream live' }).click()
      const dialog = host.getByRole('dialog')
      await dialog.getByRole('radio', { name: 'RTMP push' }).click()
      await dialog.getByLabel('Server address').fill(`rtmp://127.0.0.1:${rtmp.port}/live`)
      await dialog.getByLabel('Stream key').fill('streng-geheim')
      await dialog.getByRole('radio', { name: '360p' }).click()
      await dialog.getByRole('button', { name: 'Start streaming' }).click()
      const card = dialog.getByRole('region', { name: 'RTMP push' })
      await card.getByText('Live', { exact: true }).waitFor({ timeout: 40_000 })
      await card.getByText(`rtmp://127.0.0.1:${rtmp.port}/live`, { exact: true }).waitFor()
      expect(await host.content()).not.toContain('streng-geheim')
      const measure = async (name: string): Promise<number> =>
        Number.parseFloat(
          await card
            .locator('div', { has: host.getByText(name, { exact: true }) })
            .locator('dd')
            .innerText(),
        )
      await expect.poll(() => measure('Bit rate'), { timeout: 30_000 }).toBeGreaterThan(0)
      await expect.poll(() => measure('Frame rate'), { timeout: 30_000 }).toBeGreaterThan(1)
      await expect.poll(() => measure('Dropped frames')).toBeGreaterThanOrEqual(0)
      expect(await axeFindings(host)).toEqual([])
      await guest.getByRole('status').getByText('This meeting is streamed live').waitFor()
      await guest.getByText('Live', { exact: true }).waitFor()
      // What goes out is sound and picture.
      const args = ['-v', 'error', '-of', 'csv=p=0', '-show_entries', 'stream=codec_name,width,height']
      const { stdout } = await run('ffprobe', [...args, `rtmp://127.0.0.1:${rtmp.port}/live/streng-geheim`], {
        timeout: 60_000,
      })
      expect(stdout.trim().split('\n').toSorted()).toEqual(['aac', 'h264,640,360'])
      await rtmp.kill()
      await card.getByText('Reconnecting', { exact: true }).waitFor({ timeout: 40_000 })
      await card.getByText(/^(No server takes streams at this address|The server closed the connection)/).waitFor()
      await rtmp.start()
      await card.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 })
      await card.getByRole('button', { name: 'Stop' }).click()
      await dialog.getByRole('button', { name: 'Start streaming' }).waitFor()
      await guest.getByText('Live', { exact: true }).waitFor({ state: 'detached' })
    } finally {
      await rtmp.close()
    }
  },
)

test('a live stream is watched by whoever has its link, until it is over', PATIENT, async () => {
  const id = await crew.gathered(1)
  const host = crew.page(HOST)
  await host.getByRole('toolbar').getByRole('button', { name: 'More' }).click()
  await host.getByRole('menuitem', { name: 'Stream live' }).click()
  const dialog = host.getByRole('dialog')
  // The server says no to what is no address; the key is not to be read on the screen.
  await dialog.getByRole('radio', { name: 'RTMP push' }).click()
  expect(await dialog.getByLabel('Stream key').getAttribute('type')).toBe('password')
  await dialog.getByRole('radio', { name: 'Watch page' }).click()
  await dialog.getByRole('radio', { name: '360p' }).click()
  await dialog.getByRole('button', { name: 'Start streaming' }).click()
  await dialog.getByText('Live', { exact: true }).waitFor({ timeout: 30_000 })
  const link = await dialog.getByRole('link').getAttribute('href')
  expect(await axeFindings(host)).toEqual([])

  const watcher = await openBrowser()
  try {
    await watcher.page.goto(link ?? '')
    await watcher.page.getByRole('heading', { name: '第四季產品規劃' }).waitFor()
    await expect.poll(() => watcher.page.evaluate(PLAYED), { timeout: 30_000 }).toBeGreaterThan(1)
    expect(await axeFindings(watcher.page)).toEqual([])
    await dialog.getByRole('button', { name: 'Stop' }).click()
    await watcher.page.getByText('The stream has ended').waitFor({ timeout: 45_000 })
    await dialog.getByRole('button', { name: 'Start streaming' }).waitFor()
    expect(watcher.complaints).toEqual([])
  } finally {
    await watcher.close()
  }
  await goIn(crew.page(GUEST), crew.server.url, id)
  expect(await crew.page(GUEST).getByText('Live', { exact: true }).count()).toBe(0)
})
