import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectLive } from '#test/support/live-client.ts'
import type { LiveClient } from '#test/support/live-client.ts'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'

const CLIENTS = 20
const MESSAGES_EACH = 40
const SERVER_KILLS = 3

let dataDir: string
let server: RunningServer
const clients: LiveClient[] = []

// Each try has an installation of its own.
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'confab-rooms-'))
  server = await startServer({ dataDir })
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await server.kill('SIGKILL')
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

/** Asks until there is an answer that is not the server's own trouble. */
async function ask(method: string, path: string, token?: string, payload?: unknown): Promise<Record<string, unknown>> {
  for (;;) {
    try {
      const response = await fetch(`${server.url}${path}`, {
        method,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(payload !== undefined && { 'content-type': 'application/json' }),
        },
        ...(payload !== undefined && { body: JSON.stringify(payload) }),
        signal: AbortSignal.timeout(10_000),
      })
      const body = (await response.json()) as Record<string, unknown>
      if (response.ok) return body
      if (response.status < 500 && response.status !== 429)
        throw new Refused(`${response.status} ${JSON.stringify(body)}`)
    } catch (error) {
      if (error instanceof Refused) throw error
    }
    // The server is down or coming up.
    await pause(50)
  }
}
class Refused extends Error {}

test(`${CLIENTS} clients write while connections and the server are killed: all end with the same history`, async () => {
  const people = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, i) => {
      const account = `writer${i}`
      const body = await ask('POST', '/api/auth/register', undefined, {
        email: `${account}@example.com`,
        username: account,
        account,
        password: 'password123',
        passwordChk: 'password123',
      })
      const { user, token } = body['data'] as { user: { id: number }; token: string }
      return { id: user.id, token }
    }),
  )
  const owner = people[0] as (typeof people)[number]
  const { group } = (await ask('POST', '/api/groups', owner.token, {
    name: 'Storm',
    user_ids: people.slice(1).map(({ id }) => id),
  })) as {
    group: { id: number }
  }
  for (const { token } of people) clients.push(connectLive(server.url, token))
  await Promise.all(clients.map((client) => client.waitFor('ready')))

  const storm = { written: 0, blowing: true }
  const write = async ({ token }: { token: string }, who: number): Promise<void> => {
    for (let i = 0; i < MESSAGES_EACH; i++) {
      const key = `${who}-${i}`
      const posted = (await ask('POST', '/api/messages', token, {
        chat_room_id: group.id,
        content: key,
        client_key: key,
      })) as {
        message_data: { id: number }
      }
      storm.written++
      if (i % 5 === 0) await ask('PUT', `/api/messages/${posted.message_data.id}`, token, { content: `${key} edited` })
      if (i % 9 === 0)
        await ask('PUT', `/api/messages/${posted.message_data.id}/reactions`, owner.token, { emoji: '👍', on: true })
      // Spread over the kills.
      await pause(Math.random() * 150)
    }
  }
  const cutConnections = async (): Promise<void> => {
    while (storm.blowing) {
      clients[Math.floor(Math.random() * clients.length)]?.cut()
      await pause(20 + Math.random() * 60)
    }
  }
  const killServer = async (): Promise<void> => {
    for (let i = 1; i <= SERVER_KILLS; i++) {
      const at = (CLIENTS * MESSAGES_EACH * i) / (SERVER_KILLS + 1)
      while (storm.written < at) await pause(10)
      const { port } = server
      await server.kill('SIGKILL')
      server = await startServer({ dataDir, port })
    }
  }
  const cutting = cutConnections()
  await Promise.all([...people.map(write), killServer()])
  storm.blowing = false
  await cutting

  const total = CLIENTS * MESSAGES_EACH
  const kept: { seq: number; change: number; content: string }[] = []
  for (let before = ''; kept.length < total; before = `&before=${(kept[0] as unknown as { id: number }).id}`) {
    const { data } = (await ask('GET', `/api/messages?chat_room_id=${group.id}&limit=200${before}`, owner.token)) as {
      data: { messages: typeof kept }
    }
    if (data.messages.length === 0) break
    kept.unshift(...data.messages)
  }
  expect(kept.map((one) => one.seq)).toEqual(Array.from({ length: total }, (_, i) => i + 1))
  // Every message once, however often it was sent.
  expect(new Set(kept.map((one) => one.content.split(' ')[0])).size).toBe(total)

  const lastChange = Math.max(...kept.map((one) => one.change))
  const shape = (one: { seq: number; content: string; reactions?: unknown }) => [one.seq, one.content, one.reactions]
  for (const client of clients) {
    await expect.poll(() => client.cursor(group.id), { timeout: 30_000 }).toBe(lastChange)
    expect(client.faults).toEqual([])
    expect(client.history(group.id).map(shape)).toEqual(kept.map(shape))
  }
})
