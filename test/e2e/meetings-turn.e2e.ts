import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startTurnServer } from '#test/support/turn-server.ts'
import type { TurnServer } from '#test/support/turn-server.ts'
import { call } from './support/accounts.ts'
import { gatherCrew } from './support/crew.ts'
import type { Crew } from './support/crew.ts'
import { moves, received, until } from './support/room.ts'
import { RELAY_ONLY, sendingFrom } from './support/sending.ts'

// Two browsers that may send nothing but through coturn, with the credentials the product gave them.

let turn: TurnServer
let crew: Crew

beforeAll(async () => {
  turn = await startTurnServer()
  crew = await gatherCrew(2, {
    env: {
      CONFAB_TURN_URLS: `turn:${turn.host}:${turn.port}?transport=udp`,
      CONFAB_TURN_SECRET: turn.secret,
    },
  })
  for (const { context } of crew.browsers) await context.addInitScript({ content: RELAY_ONLY })
})

afterAll(async () => {
  await crew?.close()
  await turn?.stop()
})

afterEach(async () => {
  expect(await crew.disperse()).toEqual([])
})

test('the answer to joining names the TURN server, with credentials that end within a day', async () => {
  const id = await crew.meeting()
  const { ice_servers: servers } = await call<{
    ice_servers: { urls: string[]; username?: string; credential?: string }[]
  }>(crew.server.url, 'POST', `/api/v1/meetings/${id}/join`, {}, crew.person(1).tokens.access_token)
  const [server] = servers
  expect(server?.urls).toEqual([`turn:${turn.host}:${turn.port}?transport=udp`])
  const [expiry, accountId] = (server?.username ?? '').split(':').map(Number)
  expect(accountId).toBe(crew.person(1).userId)
  expect(expiry).toBeGreaterThan(Date.now() / 1000 + 3600)
  expect(expiry).toBeLessThan(Date.now() / 1000 + 86_400)
  const expected = createHmac('sha1', turn.secret)
    .update(server?.username ?? '')
    .digest('base64')
  expect(server?.credential).toBe(expected)
})

test('both see and hear each other through it, and through nothing else', async () => {
  await crew.gathered(2)
  const [one, other] = [crew.page(0), crew.page(1)]
  expect((await moves(one, crew.person(1).userId)).width).toBeGreaterThan(0)
  expect((await moves(other, crew.person(0).userId)).width).toBeGreaterThan(0)
  for (const page of [one, other]) {
    const before = await received(page)
    await until(
      () => received(page),
      (now) => now.framesDecoded > before.framesDecoded + 10 && now.audioEnergy > before.audioEnergy,
    )
    const from = await until(
      () => sendingFrom(page),
      (found) => found.length === 2 && found.every((path) => path.candidateType !== undefined),
    )
    expect(from).toMatchObject([{ candidateType: 'relay' }, { candidateType: 'relay' }])
  }
  // Coturn itself says for whom: the names are the product's.
  for (const { userId } of crew.people) {
    const allocated = new RegExp(`user <\\d+:${userId}>: incoming packet ALLOCATE processed, success`)
    await expect.poll(() => turn.output()).toMatch(allocated)
  }
})
