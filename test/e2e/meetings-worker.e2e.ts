import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { crashWorkers, WITH_DEBUGGER } from '#test/support/debugger.ts'
import { gatherCrew } from './support/crew.ts'
import type { Crew } from './support/crew.ts'
import { iceUser, moves, received, tile, until } from './support/room.ts'

let crew: Crew
const [HOST, GUEST] = [0, 1] as const

beforeAll(async () => {
  crew = await gatherCrew(2, { env: WITH_DEBUGGER })
})

afterAll(() => crew?.close())

afterEach(() => crew.disperse())

test(
  'a media thread that dies: the room comes back by itself, with tracks, hands and chat',
  { timeout: 180_000 },
  async () => {
    await crew.gathered(2)
    const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
    await guest.keyboard.press('h')
    await tile(host, crew.person(GUEST).userId).getByRole('img', { name: 'Hand raised' }).waitFor()
    await moves(guest, crew.person(HOST).userId)
    await moves(host, crew.person(GUEST).userId)
    const users = [...(await iceUser(host)), ...(await iceUser(guest))]
    expect(users).toHaveLength(4)

    await crashWorkers(crew.server, 'workers/sfu/worker')
    // New connections, to the thread that took its place.
    const renewed = await until(
      async () => [...(await iceUser(host)), ...(await iceUser(guest))],
      (now) => now.length === 4 && now.every((user) => !users.includes(user)),
    )
    expect(renewed).toHaveLength(4)
    await moves(guest, crew.person(HOST).userId)
    await moves(host, crew.person(GUEST).userId)
    const before = await Promise.all([received(host), received(guest)])
    for (const [at, page] of [host, guest].entries()) {
      await until(
        () => received(page),
        (now) => now.audioEnergy > (before[at]?.audioEnergy ?? 0),
      )
    }
    expect(crew.server.output()).toContain('made to fail by a test')

    // Nobody left, nobody is there twice, nothing was forgotten; the socket never went away.
    await tile(host, crew.person(GUEST).userId).getByRole('img', { name: 'Hand raised' }).waitFor()
    for (const page of [host, guest]) {
      await expect.poll(() => page.locator('section[data-kind=person]').count()).toBe(2)
      expect(await page.getByText('Reconnecting…').count()).toBe(0)
    }
    await host.keyboard.press('c')
    await host.getByLabel('Message').fill('還在嗎？')
    await host.keyboard.press('Enter')
    await guest.getByRole('button', { name: 'Chat, 1 new message' }).waitFor()
  },
)
