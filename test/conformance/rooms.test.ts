import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { call, newClient } from '#test/support/workspace-client.ts'
import type { Client } from '#test/support/workspace-client.ts'

let app: TestApp
let anna: Client
let ben: Client
let stranger: Client
let roomId: number

beforeAll(async () => {
  app = await startTestApp()
  anna = await newClient(app, 'anna')
  ben = await newClient(app, 'ben')
  stranger = await newClient(app, 'stranger')
  const { body } = await anna.call('POST', '/api/groups', { name: 'Project Chat' })
  roomId = body.group.id as number
  await anna.call('POST', `/api/groups/${roomId}/members`, { user_id: ben.id })
})
afterAll(() => app.close())

const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/

test('3.1 a room is made: 201 {message, group}, unwrapped', async () => {
  const { status, body } = await anna.call('POST', '/api/groups', { name: 'Project Chat' })
  expect(status).toBe(201)
  expect(body).toEqual({
    message: 'Group created',
    group: { id: expect.any(Number), name: 'Project Chat', created_at: expect.stringMatching(LOCAL) },
  })
})

test('3.2 a message is posted: 201 {message, message_data}, unwrapped', async () => {
  const { status, body } = await anna.call('POST', '/api/messages', {
    chat_room_id: roomId,
    sender_id: anna.id,
    content: 'Hello, this is a message',
  })
  expect(status).toBe(201)
  expect(body.message).toBe('Message sent')
  expect(body.message_data).toMatchObject({
    chat_room_id: roomId,
    sender_id: anna.id,
    content: 'Hello, this is a message',
  })
  expect(body.message_data.created_at).toMatch(LOCAL)
})

test('nobody signed in: 401 with the sentence alone on the two documented routes, in the envelope elsewhere', async () => {
  for (const [url, payload] of [
    ['/api/groups', { name: 'x' }],
    ['/api/messages', { chat_room_id: roomId, content: 'x' }],
  ] as const) {
    expect(await call(app, 'POST', url, payload)).toEqual({ status: 401, body: { message: '帳號尚未登入' } })
  }
  expect(await call(app, 'GET', '/api/groups')).toEqual({
    status: 401,
    body: { message: '帳號尚未登入', data: {}, error: { code: 'E004_UNAUTHORIZED' } },
  })
})

test('bad requests: no name, a blank message, one too long, another sender, no such room', async () => {
  const codeOf = async (url: string, payload: unknown) => {
    const { status, body } = await anna.call('POST', url, payload)
    return [status, body.error?.code]
  }
  for (const payload of [{}, undefined, { name: '' }, { name: ' \u202e ' }, { name: 5 }, { name: 'x'.repeat(101) }]) {
    expect(await codeOf('/api/groups', payload), JSON.stringify(payload)).toEqual([400, 'E012_MISSING_FIELDS'])
  }
  const message = { chat_room_id: roomId, content: 'x' }
  expect(await codeOf('/api/messages', { ...message, content: ' \n ' })).toEqual([400, 'E012_MISSING_FIELDS'])
  expect(await codeOf('/api/messages', { ...message, content: 'x'.repeat(10_001) })).toEqual([
    413,
    'E011_DATA_TYPE_ERROR',
  ])
  expect(await codeOf('/api/messages', { ...message, content: 'x'.repeat(1_048_576) })).toEqual([
    413,
    'E011_DATA_TYPE_ERROR',
  ])
  expect(await codeOf('/api/messages', { ...message, sender_id: ben.id })).toEqual([403, 'E005_FORBIDDEN'])
  expect(await codeOf('/api/messages', { ...message, chat_room_id: 2147483647 })).toEqual([404, 'E007_NOT_FOUND'])
})

test('a room one is not in answers like one that does not exist', async () => {
  const { body: made } = await anna.call('POST', '/api/messages', { chat_room_id: roomId, content: 'secret' })
  const id = made.message_data.id as number
  for (const [method, path, payload] of [
    ['GET', '/api/groups/ID', undefined],
    ['PUT', '/api/groups/ID', { name: 'mine' }],
    ['DELETE', '/api/groups/ID', undefined],
    ['GET', '/api/groups/ID/members', undefined],
    ['POST', '/api/groups/ID/members', { user_id: 1 }],
    ['PUT', '/api/groups/ID/read', { seq: 1 }],
    ['POST', '/api/groups/ID/invites', {}],
    ['GET', '/api/messages?chat_room_id=ID', undefined],
    ['GET', '/api/messages/changes?chat_room_id=ID&after=0', undefined],
    ['GET', '/api/messages/MSG', undefined],
    ['PUT', '/api/messages/MSG', { content: 'x' }],
    ['DELETE', '/api/messages/MSG', undefined],
    ['PUT', '/api/messages/MSG/reactions', { emoji: '👍', on: true }],
  ] as const) {
    const at = (room: number, message: number) => path.replace('ID', String(room)).replace('MSG', String(message))
    const hidden = await stranger.call(method, at(roomId, id), payload)
    const absent = await stranger.call(method, at(2147483647, 2147483647), payload)
    expect(hidden.status, path).toBe(404)
    expect(hidden, path).toEqual(absent)
  }
})

test('history by cursor: before a message, from a message on, around one', async () => {
  const { body: made } = await anna.call('POST', '/api/groups', { name: 'History' })
  const room = made.group.id as number
  const ids: number[] = []
  for (let i = 1; i <= 25; i++) {
    const { body } = await anna.call('POST', '/api/messages', { chat_room_id: room, content: `${i}` })
    ids.push(body.message_data.id as number)
  }
  const page = async (query: string) =>
    (await anna.call('GET', `/api/messages?chat_room_id=${room}&${query}`)).body.data
  const texts = (data: { messages: { content: string }[] }) => data.messages.map((one) => Number(one.content))
  const latest = await page('limit=10')
  expect(texts(latest)).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25])
  expect(latest).toMatchObject({ has_older: true, has_newer: false, last_change: 25 })
  const earlier = await page(`limit=10&before=${latest.messages[0].id}`)
  expect(texts(earlier)).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
  const first = await page(`limit=10&before=${earlier.messages[0].id}`)
  expect(texts(first)).toEqual([1, 2, 3, 4, 5])
  expect(first.has_older).toBe(false)
  expect(texts(await page(`limit=5&around=${ids[9]}`))).toEqual([8, 9, 10, 11, 12])
  expect(texts(await page(`limit=3&after=${ids[9]}`))).toEqual([11, 12, 13])
  expect((await anna.call('GET', `/api/messages?chat_room_id=${room}&before=2147483647`)).status).toBe(404)
  expect((await anna.call('GET', `/api/messages?chat_room_id=${room}&limit=0`)).status).toBe(400)
})

test('members, roles, leaving', async () => {
  const { body: made } = await anna.call('POST', '/api/groups', { name: 'Team', user_ids: [ben.id] })
  const room = `/api/groups/${made.group.id}`
  const { body } = await ben.call('GET', `${room}/members`)
  expect(body.data.members).toMatchObject([
    { user_id: anna.id, role: 'owner' },
    { user_id: ben.id, role: 'member' },
  ])
  expect((await ben.call('DELETE', `${room}/members/${anna.id}`)).status).toBe(403)
  expect((await ben.call('PUT', room, { name: 'Mine' })).status).toBe(403)
  expect((await anna.call('PUT', `${room}/members/${ben.id}`, { role: 'admin' })).status).toBe(200)
  expect((await ben.call('PUT', room, { name: 'Ours' })).status).toBe(200)
  expect((await anna.call('POST', `${room}/members`, { user_id: 2147483647 })).body.error.code).toBe('E007_NOT_FOUND')
  expect((await ben.call('DELETE', `${room}/members/${ben.id}`)).status).toBe(200)
  expect((await ben.call('GET', room)).status).toBe(404)
  expect((await anna.call('DELETE', room)).status).toBe(200)
  expect((await anna.call('GET', room)).status).toBe(404)
})

test('an invite link brings somebody in', async () => {
  const { status, body } = await anna.call('POST', `/api/groups/${roomId}/invites`, { hours: 1 })
  expect(status).toBe(201)
  const newcomer = await newClient(app, 'newcomer')
  const looked = await newcomer.call('GET', `/api/groups/invitation?token=${body.data.token}`)
  expect(looked.body.data).toEqual({ id: roomId, name: 'Project Chat', member_count: 2 })
  expect((await newcomer.call('POST', '/api/groups/invitation', { token: body.data.token })).body.data.id).toBe(roomId)
  expect((await newcomer.call('GET', `/api/messages?chat_room_id=${roomId}`)).status).toBe(200)
  expect((await newcomer.call('POST', '/api/groups/invitation', { token: 'nonsense' })).status).toBe(404)
  await newcomer.call('DELETE', `/api/groups/${roomId}/members/${newcomer.id}`)
})

test('read marks and unread counts; two people’s own room; search', async () => {
  const { body } = await anna.call('POST', '/api/groups/direct', { user_id: ben.id })
  const room = body.data.id as number
  for (const content of ['下午三點開會', '收到'])
    await anna.call('POST', '/api/messages', { chat_room_id: room, content })
  const unread = async () => (await ben.call('GET', `/api/groups/${room}`)).body.data.unread as number
  expect(await unread()).toBe(2)
  expect((await ben.call('PUT', `/api/groups/${room}/read`, { seq: 1 })).body.data).toEqual({ read_seq: 1 })
  expect(await unread()).toBe(1)
  const { body: found } = await ben.call('GET', `/api/messages/search?q=${encodeURIComponent('三點')}`)
  expect(found.data.messages.map((one: { content: string }) => one.content)).toEqual(['下午三點開會'])
  const { body: none } = await stranger.call('GET', `/api/messages/search?q=${encodeURIComponent('三點')}`)
  expect(none.data.messages).toEqual([])
})
