import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from '#test/support/server.ts'
import { gatherCrew } from './support/crew.ts'
import type { Crew } from './support/crew.ts'
import { goIn, inside, moves, received, tile, until } from './support/room.ts'

// What breaks while a meeting goes on: the server, and what somebody sends.

let crew: Crew
const [HOST, GUEST] = [0, 1] as const

beforeAll(async () => {
  crew = await gatherCrew(2)
})

afterAll(() => crew?.close())

test('a server that is killed and started again: the room comes back by itself, with hands, roles and chat', async () => {
  const id = await crew.gathered(2)
  const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
  await moves(guest, crew.person(HOST).userId)
  await guest.keyboard.press('h')
  await host.keyboard.press('c')
  await host.getByLabel('Message').fill('伺服器要重開了')
  await host.keyboard.press('Enter')
  await guest.getByRole('button', { name: 'Chat, 1 new message' }).waitFor()

  const { port, dataDir } = crew.server
  await crew.server.kill('SIGKILL')
  await Promise.all([host, guest].map((page) => page.getByText('Reconnecting…').waitFor()))
  crew.server = await startServer({ port, dataDir })
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
  expect(await guest.locator('section[data-kind=person]').count()).toBe(2)
  await guest.getByRole('button', { name: 'Chat, 1 new message' }).click()
  await guest.getByRole('log').getByText('伺服器要重開了').waitFor()
  await crew.disperse()
  expect(id).toBeGreaterThan(0)
})

test('a picture that stops coming is said within seconds, and again when it is back', async () => {
  const id = await crew.meeting()
  const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
  await goIn(host, crew.server.url, id)
  await goIn(guest, crew.server.url, id)
  await inside(guest)
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
  await tile(guest, crew.person(HOST).userId).getByText('The picture has stopped').waitFor({ timeout: 8000 })
  await silence(true)
  await tile(guest, crew.person(HOST).userId).getByText('The picture has stopped').waitFor({ state: 'detached' })
  await moves(guest, crew.person(HOST).userId)
})
