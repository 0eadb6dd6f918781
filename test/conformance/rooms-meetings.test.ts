import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Events } from '#contracts/events.ts'
import type { ServerFrame } from '#contracts/schemas/signaling.ts'
import type { Meetings } from '#domains/meetings/meetings.ts'
import { createMeetingRooms } from '#domains/rooms/meeting-rooms.ts'
import { createRooms } from '#domains/rooms/rooms.ts'
import { createBus } from '#kernel/bus/bus.ts'
import { silentLog } from '#kernel/log.ts'
import { createMeetingPort } from '#server/composition/meeting-port.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { newClient } from '#test/support/workspace-client.ts'
import type { Client } from '#test/support/workspace-client.ts'

/** A meeting's chat (document 5) is its room's (document 4): one store, seen from both. */
let app: TestApp
let host: Client
let guest: Client
const sockets: WebSocket[] = []

beforeAll(async () => {
  app = await startTestApp({ listen: true })
  host = await newClient(app, 'host')
  guest = await newClient(app, 'guest')
})
afterAll(async () => {
  for (const socket of sockets) socket.terminate()
  await app.close()
})

async function newMeeting(): Promise<number> {
  const { body } = await host.call('POST', '/api/v1/meetings', {
    title: '專案週會',
    start_time: '2030-01-01T01:00:00Z',
    end_time: '2030-01-01T02:00:00Z',
  })
  const id = body.data.meeting_id as number
  await host.call('POST', `/api/v1/meetings/${id}/participants`, { user_id: guest.id })
  await host.call('POST', `/api/v1/meetings/${id}/start`)
  return id
}

async function roomOf(meetingId: number, who = host): Promise<number> {
  let found: { id: number; meeting_id: number | null } | undefined
  const look = async () => {
    const { body } = await who.call('GET', '/api/groups')
    found = (body.data.groups as (typeof found & object)[]).find((room) => room.meeting_id === meetingId)
    return found
  }
  await expect.poll(look, { timeout: 10_000 }).toBeDefined()
  return (found as { id: number }).id
}

const chatOf = async (meetingId: number, who = host, query = '') =>
  (await who.call('GET', `/api/v1/meetings/${meetingId}/messages${query}`)).body.data
const post = (who: Client, roomId: number, content: string) =>
  who.call('POST', '/api/messages', { chat_room_id: roomId, content })

/** Joins a meeting and its signalling; what comes is kept. */
async function enter(who: Client, meetingId: number): Promise<{ frames: ServerFrame[]; say(content: string): void }> {
  await who.call('POST', `/api/v1/meetings/${meetingId}/join`, {})
  const frames: ServerFrame[] = []
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws/signaling?meeting_id=${meetingId}`, [
    'bearer',
    who.token,
  ])
  sockets.push(socket)
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()) as ServerFrame))
  socket.on('open', () => socket.send(JSON.stringify({ type: 'join', meeting_id: meetingId, data: {} })))
  await expect.poll(() => frames.some(({ type }) => type === 'join'), { timeout: 10_000 }).toBe(true)
  return {
    frames,
    say: (content) =>
      socket.send(JSON.stringify({ type: 'chat', meeting_id: meetingId, data: { content, ref: 'mine' } })),
  }
}
const chats = (frames: readonly ServerFrame[], type: 'chat' | 'chat-changed' = 'chat') =>
  frames
    .filter((frame) => frame.type === type)
    .map(({ from, data }) => ({ from, ...(data as ServerFrame<'chat'>['data']) }))

test('what is said by signalling, by REST and in the room is one history with one numbering', async () => {
  const id = await newMeeting()
  const roomId = await roomOf(id)
  const inside = await enter(guest, id)
  inside.say('from the socket')
  await expect.poll(() => chats(inside.frames)).toMatchObject([{ seq: 1, content: 'from the socket', ref: 'mine' }])
  const rest = await host.call('POST', `/api/v1/meetings/${id}/messages`, { content: 'by REST' })
  expect(rest.body.data).toEqual({ message_id: expect.any(Number), seq: 2, timestamp: expect.any(String) })
  const said = await post(host, roomId, 'in the room')
  expect(said.body.message_data).toMatchObject({ seq: 3 })

  await expect
    .poll(() => chats(inside.frames).map(({ content }) => content))
    .toEqual(['from the socket', 'by REST', 'in the room'])
  expect(chats(inside.frames)[2]).toMatchObject({
    from: host.id,
    message_id: said.body.message_data.id,
    user_id: host.id,
    username: expect.stringMatching(/^host/),
  })
  const { messages, total } = await chatOf(id)
  expect(total).toBe(3)
  expect(messages).toEqual(
    ['from the socket', 'by REST', 'in the room'].map((content, at) => ({
      message_id: expect.any(Number),
      seq: at + 1,
      user_id: at === 0 ? guest.id : host.id,
      username: expect.any(String),
      nickname: expect.any(String),
      avatar_url: null,
      content,
      timestamp: expect.any(String),
    })),
  )
  const room = await host.call('GET', `/api/messages?chat_room_id=${roomId}`)
  expect(room.body.data.messages.map((one: { id: number }) => one.id)).toEqual(
    messages.map((one: { message_id: number }) => one.message_id),
  )
  // Stretches by page, and after a number.
  const numbers = async (query: string) =>
    (await chatOf(id, host, query)).messages.map((one: { seq: number }) => one.seq)
  expect(await numbers('?page_size=2')).toEqual([2, 3])
  expect(await numbers('?page_size=2&page=2')).toEqual([1])
  expect(await numbers('?page_size=2&page=3')).toEqual([])
  expect(await numbers('?before=3')).toEqual([1, 2])
  expect(await numbers('?after=1&page_size=1')).toEqual([2])
  expect(await numbers('?after=1&page_size=1&page=2')).toEqual([3])
})

test('editing and deleting in the room reach the meeting: live, in its list, and in the history of signalling', async () => {
  const id = await newMeeting()
  const roomId = await roomOf(id)
  const inside = await enter(guest, id)
  inside.say('a secret')
  await expect.poll(() => chats(inside.frames).length).toBe(1)
  const [line] = chats(inside.frames)
  expect((await guest.call('PUT', `/api/messages/${line?.message_id}`, { content: 'less secret' })).status).toBe(200)
  await expect
    .poll(() => chats(inside.frames, 'chat-changed'))
    .toMatchObject([{ message_id: line?.message_id, seq: 1, content: 'less secret', edited: true }])
  expect((await chatOf(id)).messages).toMatchObject([{ content: 'less secret', edited: true }])

  expect((await guest.call('DELETE', `/api/messages/${line?.message_id}`)).status).toBe(200)
  await expect.poll(() => chats(inside.frames, 'chat-changed').at(-1)).toMatchObject({ content: '', deleted: true })
  expect((await chatOf(id)).messages).toMatchObject([{ seq: 1, content: '', deleted: true }])
  await post(host, roomId, 'goes on')
  const history = await guest.call('GET', `/api/v1/messages/history/${id}`)
  expect(JSON.stringify(history.body)).not.toContain('secret')
  const frames = (history.body.data.messages as { type: string; data: object }[]).filter(({ type }) => type === 'chat')
  expect(frames).toMatchObject([
    { data: { seq: 1, user_id: guest.id, content: '', deleted: true } },
    { data: { seq: 2, user_id: host.id, content: 'goes on' } },
  ])
  // A reaction is the room's alone.
  const before = chats(inside.frames, 'chat-changed').length
  const { body } = await post(host, roomId, 'well?')
  await guest.call('PUT', `/api/messages/${body.message_data.id}/reactions`, { emoji: '👍', on: true })
  await post(host, roomId, 'last')
  await expect.poll(() => chats(inside.frames).at(-1)?.content).toBe('last')
  expect(chats(inside.frames, 'chat-changed')).toHaveLength(before)
})

test('the meeting’s rules hold in its room while it goes on, and the room alone goes on afterwards', async () => {
  const id = await newMeeting()
  const roomId = await roomOf(id)
  await host.call('PUT', `/api/v1/meetings/${id}`, { settings: { enable_chat: false } })
  expect((await post(guest, roomId, 'x')).body.error.code).toBe('E005_FORBIDDEN')
  expect((await guest.call('POST', `/api/v1/meetings/${id}/messages`, { content: 'x' })).status).toBe(403)
  await host.call('PUT', `/api/v1/meetings/${id}`, { settings: { enable_chat: true } })
  expect((await post(guest, roomId, 'x'.repeat(2_000))).status).toBe(201)
  await host.call('POST', `/api/v1/meetings/${id}/end`)
  expect((await guest.call('POST', `/api/v1/meetings/${id}/messages`, { content: 'x' })).body.code).toBe(2002)
  expect((await post(guest, roomId, 'afterwards')).status).toBe(201)
  expect((await chatOf(id, guest)).messages.map((one: { content: string }) => one.content.length)).toEqual([2_000, 10])
})

test('a line said before anybody heard of the room finds it; a stranger finds neither', async () => {
  const stranger = await newClient(app, 'stranger')
  const { body } = await host.call('POST', '/api/v1/meetings', {
    title: 'x',
    start_time: '2030-02-01T01:00:00Z',
    end_time: '2030-02-01T02:00:00Z',
  })
  const id = body.data.meeting_id as number
  expect((await host.call('POST', `/api/v1/meetings/${id}/messages`, { content: 'first' })).body.data.seq).toBe(1)
  const roomId = await roomOf(id)
  expect((await post(stranger, roomId, 'x')).status).toBe(404)
  expect((await stranger.call('POST', `/api/v1/meetings/${id}/messages`, { content: 'x' })).body.code).toBe(2001)
  await host.call('DELETE', `/api/v1/meetings/${id}`)
  await expect.poll(async () => (await host.call('GET', `/api/groups/${roomId}`)).status).toBe(404)
})

test('who leaves the room of a meeting is out of it until they write in the meeting, or are asked in anew', async () => {
  const id = await newMeeting()
  const roomId = await roomOf(id, guest)
  const sees = async () => (await guest.call('GET', `/api/groups/${roomId}`)).status
  const leaves = async () => (await guest.call('DELETE', `/api/groups/${roomId}/members/${guest.id}`, undefined)).status
  const nameIs = (title: string) =>
    expect.poll(async () => (await host.call('GET', `/api/groups/${roomId}`)).body.data.name).toBe(title)

  expect(await leaves()).toBe(200)
  await host.call('PUT', `/api/v1/meetings/${id}`, { title: '改名' })
  await nameIs('改名')
  expect(await sees()).toBe(404)
  expect((await guest.call('POST', `/api/v1/meetings/${id}/messages`, { content: 'back' })).status).toBe(200)
  expect(await sees()).toBe(200)

  expect(await leaves()).toBe(200)
  await host.call('DELETE', `/api/v1/meetings/${id}/participants/${guest.id}`)
  await host.call('PUT', `/api/v1/meetings/${id}`, { title: '再改' })
  await nameIs('再改')
  await host.call('POST', `/api/v1/meetings/${id}/participants`, { user_id: guest.id })
  await expect.poll(sees).toBe(200)
})

test('what an event missed is made up for: a room that lacks somebody, and one whose meeting is gone', async () => {
  const kept = await newMeeting()
  const gone = await newMeeting()
  const [roomId, goneRoom] = [await roomOf(kept), await roomOf(gone)]
  await expect.poll(async () => (await guest.call('GET', `/api/groups/${roomId}`)).status).toBe(200)
  await app.db.query('DELETE FROM room_members WHERE room_id = $1 AND account_id = $2', [roomId, guest.id])
  await app.db.query('DELETE FROM meetings WHERE id = $1', [gone])
  const rooms = createRooms({ db: app.db, bus: await createBus<Events>({ log: silentLog }) })
  const meetings = createMeetingPort({
    db: app.db,
    meetings: {} as Meetings,
    directory: { byId: async () => undefined },
  })
  await createMeetingRooms({ db: app.db, rooms, meetings }).syncAll(new Date())
  expect((await guest.call('GET', `/api/groups/${roomId}`)).status).toBe(200)
  expect((await host.call('GET', `/api/groups/${goneRoom}`)).status).toBe(404)
})
