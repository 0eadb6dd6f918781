import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { connectLive } from '#test/support/live-client.ts'
import type { LiveClient } from '#test/support/live-client.ts'
import { newClient } from '#test/support/workspace-client.ts'
import type { Client } from '#test/support/workspace-client.ts'

let app: TestApp
let anna: Client
let ben: Client
const open: LiveClient[] = []

beforeAll(async () => {
  app = await startTestApp({ listen: true })
  anna = await newClient(app, 'anna')
  ben = await newClient(app, 'ben')
})
afterEach(() => {
  for (const client of open.splice(0)) client.close()
})
afterAll(() => app.close())

async function connect(who: Client): Promise<LiveClient> {
  const client = connectLive(app.url, who.token)
  open.push(client)
  await client.waitFor('ready')
  return client
}
async function newRoom(...others: Client[]): Promise<number> {
  const { body } = await anna.call('POST', '/api/groups', { name: 'Live', user_ids: others.map((one) => one.id) })
  return body.group.id as number
}
const say = async (who: Client, roomId: number, content: string) =>
  (await who.call('POST', '/api/messages', { chat_room_id: roomId, content })).body.message_data as {
    id: number
    seq: number
  }

test('messages, edits, deletions and reactions reach every socket of every member, in order', async () => {
  const room = await newRoom(ben)
  const clients = [await connect(anna), await connect(ben), await connect(ben)]
  const first = await say(anna, room, 'one')
  await say(ben, room, 'two')
  await anna.call('PUT', `/api/messages/${first.id}`, { content: 'first' })
  await ben.call('PUT', `/api/messages/${first.id}/reactions`, { emoji: '🎉', on: true })
  await anna.call('DELETE', `/api/messages/${first.id}`)
  for (const client of clients) {
    await client.waitFor('message', (frame) => frame.change === 5)
    const changes = client.frames.flatMap((frame) =>
      frame.type === 'message' && frame.room_id === room ? [frame] : [],
    )
    expect(changes.map((frame) => [frame.change, frame.message.seq, frame.message.content])).toEqual([
      [1, 1, 'one'],
      [2, 2, 'two'],
      [3, 1, 'first'],
      [4, 1, 'first'],
      [5, 1, ''],
    ])
    expect(client.faults).toEqual([])
  }
})

test('after a lost connection a client gets exactly what it missed', async () => {
  const room = await newRoom(ben)
  const client = await connect(ben)
  await say(anna, room, 'before')
  await client.waitFor('message', (frame) => frame.room_id === room && frame.change === 1)
  client.cut()
  for (let i = 0; i < 5; i++) await say(anna, room, `missed ${i}`)
  await client.waitFor('message', (frame) => frame.room_id === room && frame.change === 6)
  expect(client.history(room).map((one) => one.content)).toEqual([
    'before',
    ...[0, 1, 2, 3, 4].map((i) => `missed ${i}`),
  ])
  expect(client.faults).toEqual([])
})

test('who was away for too long is told to read anew', async () => {
  const room = await newRoom(ben)
  const posts = Array.from({ length: 1_001 }, (_, i) => say(anna, room, `${i}`))
  await Promise.all(posts)
  const client = connectLive(app.url, ben.token)
  open.push(client)
  await client.waitFor('ready')
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws/events?token=${ben.token}`)
  const types: string[] = []
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', cursors: { [room]: 0 } })))
    socket.on('message', (data: Buffer) => {
      const { type } = JSON.parse(data.toString()) as { type: string }
      types.push(type)
      if (type === 'reset') resolve()
    })
  })
  socket.terminate()
  expect(types.filter((type) => type === 'message').length).toBeLessThanOrEqual(1_000)
})

test('unread counts and read marks are the same on every device', async () => {
  const room = await newRoom(ben)
  await say(anna, room, 'one')
  const last = await say(anna, room, 'two')
  const [phone, laptop, annas] = [await connect(ben), await connect(ben), await connect(anna)]
  const ready = await laptop.waitFor('ready')
  expect(ready.rooms.find((one) => one.id === room)).toMatchObject({ unread: 2 })
  annas.send({ type: 'watch', room_id: room })
  await annas.waitFor('presence', (frame) => frame.room_id === room)
  phone.send({ type: 'read', room_id: room, seq: last.seq })
  await laptop.waitFor('room', ({ room: state }) => state.id === room && state.unread === 0 && state.read_seq === 2)
  await annas.waitFor('read', (frame) => frame.user_id === ben.id && frame.seq === 2)
})

test('who looks at a room is told who is there and who writes', async () => {
  const cleo = await newClient(app, 'cleo')
  const room = await newRoom(cleo)
  const annas = await connect(anna)
  annas.send({ type: 'watch', room_id: room })
  expect((await annas.waitFor('presence', (frame) => frame.room_id === room)).online).toContain(anna.id)
  const cleos = await connect(cleo)
  await annas.waitFor('presence.changed', (frame) => frame.user_id === cleo.id && frame.online)
  cleos.send({ type: 'typing', room_id: room })
  await annas.waitFor('typing', (frame) => frame.room_id === room && frame.user_id === cleo.id)
  expect(cleos.frames.some((frame) => frame.type === 'typing')).toBe(false)
})

test('who comes in is there at once when they were online already, and who goes out is not', async () => {
  const room = await newRoom()
  const [annas, bens] = [await connect(anna), await connect(ben)]
  await bens.waitFor('ready')
  annas.send({ type: 'watch', room_id: room })
  await annas.waitFor('presence', (frame) => frame.room_id === room)
  await anna.call('POST', `/api/groups/${room}/members`, { user_id: ben.id })
  const told = (online: boolean) =>
    annas.waitFor('presence.changed', (frame) => {
      return frame.room_id === room && frame.user_id === ben.id && frame.online === online
    })
  await told(true)
  await anna.call('DELETE', `/api/groups/${room}/members/${ben.id}`)
  await told(false)
})

test('coming in and going out is told at once, and what is said after is not', async () => {
  const room = await newRoom()
  const client = await connect(ben)
  await anna.call('POST', `/api/groups/${room}/members`, { user_id: ben.id })
  await client.waitFor('room', (frame) => frame.room.id === room)
  await say(anna, room, 'welcome')
  await client.waitFor('message', (frame) => frame.room_id === room)
  await anna.call('DELETE', `/api/groups/${room}/members/${ben.id}`)
  await client.waitFor('room.left', (frame) => frame.room_id === room)
  await say(anna, room, 'gone')
  const other = await newRoom(ben)
  // What was said before the room's frame is in that frame, and does not come by itself.
  await client.waitFor('room', (frame) => frame.room.id === other)
  await say(anna, other, 'later')
  await client.waitFor('message', (frame) => frame.room_id === other)
  expect(client.history(room).map((one) => one.content)).toEqual(['welcome'])
})

test('other parts’ events come over the same socket', async () => {
  const client = await connect(ben)
  await ben.call('POST', '/api/schedules', { title: 'x', start_time: '2027-01-01T09:00', end_time: '2027-01-01T10:00' })
  const { data } = await client.waitFor('event', (frame) => frame.topic === 'calendar.schedules.changed')
  expect(data).toEqual({ accountId: ben.id })
})

test('nobody gets in without a token, or from a page of another origin', async () => {
  const status = (url: string, headers: Record<string, string> = {}) =>
    new Promise((resolve) => {
      const socket = new WebSocket(url, { headers })
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode))
      socket.on('open', () => resolve('open'))
      socket.on('error', () => {})
    })
  const url = `${app.url.replace('http', 'ws')}/ws/events`
  expect(await status(url)).toBe(401)
  expect(await status(`${url}?token=forged`)).toBe(401)
  expect(await status(`${url}?token=${ben.token}`, { origin: 'https://evil.example' })).toBe(403)
})

test('signing out ends the socket; rubbish does not', async () => {
  const cleo = await newClient(app, 'cleo')
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws/events`, ['bearer', cleo.token])
  const answers: { type: string; code?: string }[] = []
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  socket.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString()) as { type: string }))
  await new Promise((resolve) => socket.once('open', resolve))
  for (const frame of [
    '',
    '{',
    '[]',
    '{"type":"nothing"}',
    '{"type":"read","room_id":1,"seq":1}',
    '{"type":"hello","cursors":{"x":1}}',
  ]) {
    socket.send(frame)
  }
  const codes = () => answers.map((one) => one.code ?? one.type)
  socket.send('{"type":"hello"}')
  await expect.poll(codes).toEqual([...Array.from({ length: 6 }, () => 'invalid'), 'ready'])
  socket.send('{"type":"read","room_id":2147483647,"seq":1}')
  await expect.poll(() => codes().at(-1)).toBe('missing')
  await app.http.inject({ method: 'POST', url: '/api/auth/logout', headers: { authorization: `Bearer ${cleo.token}` } })
  expect(await closed).toBe(4401)
})
