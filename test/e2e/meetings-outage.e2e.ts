import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startServer } from '#test/support/server.ts'
import { gatherCrew } from './support/crew.ts'
import type { Crew } from './support/crew.ts'
import { iceUser, moves, received, tile, until } from './support/room.ts'

// What breaks while a meeting goes on: the server, and what somebody sends.

let crew: Crew
const [HOST, GUEST] = [0, 1] as const

beforeAll(async () => {
  crew = await gatherCrew(2)
})

afterAll(() => crew?.close())

afterEach(() => crew.disperse())

const PATIENT = { timeout: 180_000 }
/** The names of both of a page's connections, once both are made. */
const bothOf = (page: Page): Promise<string[]> =>
  until(
    () => iceUser(page),
    (users) => users.length === 2,
  )

test(
  'a server that is killed and started again: the room comes back by itself, with hands, roles and chat',
  PATIENT,
  async () => {
    await crew.gathered(2)
    const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
    await guest.keyboard.press('h')
    await tile(host, crew.person(GUEST).userId).getByRole('img', { name: 'Hand raised' }).waitFor()
    await moves(guest, crew.person(HOST).userId)
    await host.keyboard.press('c')
    await host.getByLabel('Message').fill('伺服器要重開了')
    await host.keyboard.press('Enter')
    await guest.getByRole('button', { name: 'Chat, 1 new message' }).waitFor()

    const { port, dataDir } = crew.server
    await crew.server.kill('SIGKILL')
    try {
      await Promise.all([host, guest].map((page) => page.getByText('Reconnecting…').waitFor()))
    } finally {
      crew.server = await startServer({ port, dataDir })
    }
    await Promise.all(
      [host, guest].map((page) => page.getByText('Reconnecting…').waitFor({ state: 'detached', timeout: 60_000 })),
    )

    await moves(guest, crew.person(HOST).userId)
    await moves(host, crew.person(GUEST).userId)
    const before = await received(host)
    await until(
      () => received(host),
      (now) => now.audioEnergy > before.audioEnergy,
    )
    await tile(host, crew.person(GUEST).userId).getByRole('img', { name: 'Hand raised' }).waitFor()
    await host.keyboard.press('Escape')
    await host.keyboard.press('p')
    await host.getByRole('button', { name: 'Mute all' }).waitFor()
    await expect.poll(() => guest.locator('section[data-kind=person]').count()).toBe(2)
    await guest.getByRole('button', { name: 'Chat, 1 new message' }).click()
    await guest.getByRole('log').getByText('伺服器要重開了').waitFor()
  },
)

test('a picture that stops coming is said within seconds, and again when it is back', async () => {
  await crew.gathered(2)
  const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
  await moves(guest, crew.person(HOST).userId)
  // The camera goes on and is shown as on, but nothing of it leaves the machine.
  const silence = (on: boolean) =>
    host.evaluate(async (sends) => {
      type Sender = {
        readonly track: { readonly kind: string } | null
        getParameters(): { encodings: { active: boolean }[] }
        setParameters(parameters: unknown): Promise<void>
      }
      const { heldConnections } = globalThis as unknown as { heldConnections: { getSenders(): Sender[] }[] }
      for (const sender of heldConnections.flatMap((connection) => connection.getSenders())) {
        if (sender.track?.kind !== 'video') continue
        const parameters = sender.getParameters()
        for (const encoding of parameters.encodings) encoding.active = sends
        await sender.setParameters(parameters)
      }
    }, on)
  await silence(false)
  await tile(guest, crew.person(HOST).userId).getByText('The picture has stopped').waitFor({ timeout: 15_000 })
  await silence(true)
  await tile(guest, crew.person(HOST).userId).getByText('The picture has stopped').waitFor({ state: 'detached' })
  await moves(guest, crew.person(HOST).userId)
})

test('twenty seconds in which nothing answers: the page says so, and all is back afterwards', PATIENT, async () => {
  await crew.gathered(2)
  const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
  await moves(guest, crew.person(HOST).userId)
  await guest.keyboard.press('h')
  await tile(host, crew.person(GUEST).userId).getByRole('img', { name: 'Hand raised' }).waitFor()
  crew.server.process.kill('SIGSTOP')
  try {
    // The length of the outage itself, not a wait for something.
    await new Promise((resolve) => setTimeout(resolve, 20_000))
    await guest
      .getByText(/Reconnecting…|are interrupted/)
      .first()
      .waitFor()
  } finally {
    crew.server.process.kill('SIGCONT')
  }
  await Promise.all(
    [host, guest].map((page) =>
      page.getByText(/Reconnecting…|are interrupted/).waitFor({ state: 'detached', timeout: 60_000 }),
    ),
  )
  await moves(guest, crew.person(HOST).userId)
  await moves(host, crew.person(GUEST).userId)
  await tile(host, crew.person(GUEST).userId).getByRole('img', { name: 'Hand raised' }).waitFor()
  await expect.poll(() => guest.locator('section[data-kind=person]').count()).toBe(2)
})

test('a new network: both connections look for new paths, and the pictures go on', async () => {
  await crew.gathered(2)
  const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
  await moves(guest, crew.person(HOST).userId)
  const before = await bothOf(host)
  await host.evaluate("dispatchEvent(new Event('online'))")
  const after = await until(
    () => iceUser(host),
    (now) => now.length === before.length && now.every((user, index) => user !== before[index]),
  )
  expect(after).toHaveLength(2)
  await moves(guest, crew.person(HOST).userId)
  await moves(host, crew.person(GUEST).userId)
})

test('another camera and microphone: the call does not drop, and a camera without a picture is said', async () => {
  await crew.gathered(2)
  const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
  await moves(guest, crew.person(HOST).userId)
  const before = await bothOf(host)
  const chooseCamera = async (name: string): Promise<void> => {
    await host.getByRole('button', { name: 'Choose camera' }).click()
    await host.getByRole('menuitemradio', { name }).click()
  }
  // The second of Chromium's pretended cameras measures depth, of which no page can make a picture.
  await chooseCamera('fake_device_1')
  await host.getByText('Your camera is on but gives no picture').waitFor()
  await tile(guest, crew.person(HOST).userId).getByText('The picture has stopped').waitFor()
  await chooseCamera('fake_device_2')
  await moves(guest, crew.person(HOST).userId)
  await host.getByText('Your camera is on but gives no picture').waitFor({ state: 'detached' })
  await host.getByRole('button', { name: 'Choose microphone and speaker' }).click()
  await host.getByRole('menuitemradio', { name: 'Fake Audio Input 2' }).click()
  const heard = await received(guest)
  await until(
    () => received(guest),
    (now) => now.audioEnergy > heard.audioEnergy,
  )
  expect(await bothOf(host)).toEqual(before)
})
