import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { newClient } from '#test/support/workspace-client.ts'
import type { Client } from '#test/support/workspace-client.ts'
import { createReminders } from '#domains/calendar/reminders.ts'
import { createMentionNotices } from '#domains/rooms/mention-notices.ts'
import type { RoomMessage } from '#contracts/schemas/room.ts'
import { silentLog } from '#kernel/log.ts'

let app: TestApp
let anna: Client

beforeAll(async () => {
  app = await startTestApp()
  anna = await newClient(app, 'anna')
})
afterAll(() => app.close())

interface Told {
  accountId: number
  title: string
  text: string
  dedupeKey: string
  url: string
}
/** Whoever is told, written down. */
function recorder(): { told: Told[]; notify: { send(one: Told): Promise<void> } } {
  const told: Told[] = []
  return { told, notify: { send: async (one) => void told.push(one) } }
}
type Handler = (context: { input: unknown }) => Promise<unknown>

const local = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19)

test('a reminder is given once when it is due, again when the schedule was moved, and not for what is over', async () => {
  const { told, notify } = recorder()
  const reminders = createReminders({
    db: app.db,
    notify,
    jobs: { define: () => ({ enqueue: async () => 0 }) },
    words: ({ title, start }) => ({ title, text: start.toISOString() }),
  })
  await reminders.giveDue()
  told.length = 0
  const begins = Date.now() + 20 * 60_000
  const create = (title: string, start: number, minutes: number | null) =>
    anna.call('POST', '/api/schedules', {
      title,
      start_time: local(start),
      end_time: local(start + 60_000),
      reminder_minutes: minutes,
    })
  const { body } = await create('Soon', begins, 30)
  await create('Later', begins + 3_600_000, 30)
  await create('None', begins + 120_000, null)
  await create('Past', begins - 7_200_000, 10)
  expect(await reminders.giveDue()).toBe(1)
  expect(await reminders.giveDue()).toBe(0)
  expect(told.map((one) => [one.accountId, one.title, one.url])).toEqual([
    [anna.id, 'Soon', `/calendar?schedule=${body.data.id}`],
  ])
  await anna.call('PUT', `/api/schedules/${body.data.id}`, {
    start_time: local(begins + 300_000),
    end_time: local(begins + 360_000),
  })
  expect(await reminders.giveDue()).toBe(1)
  expect(new Set(told.map((one) => one.dedupeKey)).size).toBe(2)
})

test('who is named and has not read it is notified; who has, or wrote it, is not', async () => {
  const { told, notify } = recorder()
  let handler: Handler | undefined
  const enqueued: unknown[] = []
  const notice = createMentionNotices({
    db: app.db,
    notify,
    log: silentLog,
    unreadForMs: 0,
    words: (_, { sender, room, content }) => ({ title: `${sender} in ${room}`, text: content }),
    jobs: {
      define: (_, __, given) => {
        handler = given as unknown as Handler
        return { enqueue: async () => 0 }
      },
      enqueue: async (_, input) => enqueued.push(input),
    },
  })
  const [ben, cleo] = [await newClient(app, 'ben'), await newClient(app, 'cleo')]
  const { body: room } = await anna.call('POST', '/api/groups', { name: 'Team', user_ids: [ben.id, cleo.id] })
  const { body: users } = await anna.call('GET', `/api/groups/${room.group.id}/members`)
  const loginOf = (id: number) =>
    users.data.members.find((one: { user_id: number }) => one.user_id === id).username as string
  const names = [anna, ben, cleo].map((one) => `@${loginOf(one.id)}`).join(' ')
  const { body } = await anna.call('POST', '/api/messages', { chat_room_id: room.group.id, content: `${names} hello` })
  const message = body.message_data as RoomMessage
  expect(new Set(message.mentions)).toEqual(new Set([anna.id, ben.id, cleo.id]))
  await cleo.call('PUT', `/api/groups/${room.group.id}/read`, { seq: message.seq })
  notice(message)
  expect(enqueued).toEqual([{ messageId: message.id }])
  await handler?.({ input: enqueued[0] })
  expect(told.map((one) => [one.accountId, one.url])).toEqual([[ben.id, `/rooms/${room.group.id}?at=${message.seq}`]])
})
