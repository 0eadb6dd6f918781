import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { connectLive } from '#test/support/live-client.ts'
import type { LiveClient } from '#test/support/live-client.ts'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'

/** Two real processes on one database: what happens at one is heard at the other. */
let db: TestDatabase
let one: RunningServer
let other: RunningServer
const clients: LiveClient[] = []

interface Person {
  readonly id: number
  readonly token: string
}

beforeAll(async () => {
  db = await createTestDatabase()
  const env = { DATABASE_URL: db.url, CONFAB_SECRET: 'the same secret on all machines, of 32 characters or more' }
  one = await startServer({ env })
  other = await startServer({ env })
}, 60_000)
afterAll(async () => {
  for (const client of clients) client.close()
  await Promise.all([one.stop(), other.stop()])
  await db.close()
}, 60_000)

async function ask<T>(server: RunningServer, method: string, path: string, who: Person | null, body?: object) {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(who && { authorization: `Bearer ${who.token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}
async function signUp(server: RunningServer, name: string): Promise<Person> {
  const { data } = await ask<{ data: { user: { id: number }; token: string } }>(
    server,
    'POST',
    '/api/auth/register',
    null,
    {
      email: `${name}@example.com`,
      username: name,
      account: name,
      password: 'password123',
      passwordChk: 'password123',
    },
  )
  return { id: data.user.id, token: data.token }
}
async function connect(server: RunningServer, who: Person): Promise<LiveClient> {
  const client = connectLive(server.url, who.token)
  clients.push(client)
  await client.waitFor('ready')
  return client
}

test('messages, typing, presence, read marks, membership and meetings reach sockets at the other process', async () => {
  const anna = await signUp(one, 'anna')
  const ben = await signUp(other, 'ben')
  const { group } = await ask<{ group: { id: number } }>(one, 'POST', '/api/groups', anna, { name: 'Two' })
  const [here, there] = [await connect(one, anna), await connect(other, ben)]

  await ask(one, 'POST', `/api/groups/${group.id}/members`, anna, { user_id: ben.id })
  await there.waitFor('room', ({ room }) => room.id === group.id)
  const post = (server: RunningServer, who: Person, content: string) =>
    ask<{ message_data: { id: number } }>(server, 'POST', '/api/messages', who, { chat_room_id: group.id, content })

  // Both write at once: one numbering, the same order everywhere, nothing lost and nothing twice.
  await Promise.all(
    Array.from({ length: 60 }, (_, at) => (at % 2 ? post(one, anna, `here ${at}`) : post(other, ben, `there ${at}`))),
  )
  for (const client of [here, there]) {
    await expect.poll(() => client.history(group.id).length, { timeout: 10_000 }).toBe(60)
    expect(client.history(group.id).map(({ seq }) => seq)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1))
    expect(client.faults).toEqual([])
  }
  // One too long for a NOTIFY.
  const long = await post(one, anna, '會'.repeat(9_000))
  const heard = await there.waitFor('message', ({ message }) => message.id === long.message_data.id)
  expect(heard.message.content).toHaveLength(9_000)
  await ask(other, 'PUT', `/api/messages/${long.message_data.id}/reactions`, ben, { emoji: '👍', on: true })
  await here.waitFor('message', ({ message }) => message.reactions.length === 1)

  here.send({ type: 'watch', room_id: group.id })
  const { online } = await here.waitFor('presence')
  expect(online.toSorted((a, b) => a - b)).toEqual([anna.id, ben.id])
  there.send({ type: 'typing', room_id: group.id })
  await here.waitFor('typing', ({ user_id }) => user_id === ben.id)
  there.send({ type: 'read', room_id: group.id, seq: 61 })
  await here.waitFor('read', ({ user_id, seq }) => user_id === ben.id && seq === 61)

  const { data } = await ask<{ data: { meeting_id: number } }>(one, 'POST', '/api/v1/meetings', anna, {
    title: '兩台',
    start_time: '2030-01-01T01:00:00Z',
    end_time: '2030-01-01T02:00:00Z',
  })
  await ask(one, 'POST', `/api/v1/meetings/${data.meeting_id}/participants`, anna, { user_id: ben.id })
  await there.waitFor('room', ({ room }) => room.meeting_id === data.meeting_id)
  await ask(other, 'POST', `/api/v1/meetings/${data.meeting_id}/messages`, ben, { content: 'from the other' })
  await here.waitFor('message', ({ message }) => message.content === 'from the other')

  await ask(one, 'DELETE', `/api/groups/${group.id}/members/${ben.id}`, anna)
  await there.waitFor('room.left', ({ room_id }) => room_id === group.id)
}, 60_000)
