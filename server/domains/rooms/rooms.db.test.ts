import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Events } from '#contracts/events.ts'
import type { RoomMessage } from '#contracts/schemas/room.ts'
import { createBus } from '#kernel/bus/bus.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { createRoomFeed } from './feed.ts'
import { createInvites } from './invites.ts'
import { createMessages } from './messages.ts'
import { createRooms } from './rooms.ts'

let db: TestDatabase
let bus: Bus<Events>
let rooms: ReturnType<typeof createRooms>
let messages: ReturnType<typeof createMessages>
const mentioned: RoomMessage[] = []
let next = 0

beforeAll(async () => {
  db = await createTestDatabase()
  bus = await createBus<Events>({ log: silentLog })
  rooms = createRooms({ db, bus })
  messages = createMessages({ db, bus, onMentions: (message) => mentioned.push(message) })
})
afterAll(async () => {
  await messages.close()
  await bus.close()
  await db.close()
})

async function newAccount(login = `user${++next}`): Promise<number> {
  const [row] = await db.query<{ id: number }>(
    `INSERT INTO accounts (email, login, display_name, time_zone, password_hash, api_key_hash, api_key_sealed)
     VALUES ($1 || '@example.com', $1, $1, 'Asia/Taipei', '', $2, '') RETURNING id`,
    [login, Buffer.from(login)],
  )
  return (row as { id: number }).id
}

async function newRoom(people = 2): Promise<{ roomId: number; members: number[] }> {
  const members: number[] = []
  for (let i = 0; i < people; i++) members.push(await newAccount())
  const [first = 0, ...others] = members
  const { id } = await rooms.create(first, '設計討論', others)
  return { roomId: id, members }
}

const history = async (accountId: number, roomId: number) =>
  (await messages.history(accountId, roomId, { limit: 200 })).messages

test('many writers, two processes: numbers without gaps, each message once', async () => {
  const { roomId, members } = await newRoom(4)
  const other = createMessages({ db, bus, onMentions: () => {} })
  const posts = Array.from({ length: 160 }, (_, i) =>
    (i % 2 ? other : messages).post({
      roomId,
      senderId: members[i % 4] as number,
      content: `第 ${i} 則`,
      clientKey: `k${i}`,
    }),
  )
  const posted = await Promise.all(posts)
  await other.close()
  const kept = await history(members[0] as number, roomId)
  expect(kept.map((one) => one.seq)).toEqual(Array.from({ length: 160 }, (_, i) => i + 1))
  expect(new Set(kept.map((one) => one.id))).toEqual(new Set(posted.map((one) => one.id)))
})

test('the same key posts once, at the same time and later, and burns no number', async () => {
  const { roomId, members } = await newRoom()
  const [anna = 0] = members
  const post = () => messages.post({ roomId, senderId: anna, content: 'once', clientKey: 'same' })
  const both = await Promise.all([post(), post(), post()])
  const later = await post()
  expect(new Set([...both, later].map((one) => one.id)).size).toBe(1)
  await messages.post({ roomId, senderId: anna, content: 'next' })
  expect((await history(anna, roomId)).map((one) => one.seq)).toEqual([1, 2])
})

test('only members read and write; a room one is not in is like none', async () => {
  const { roomId, members } = await newRoom()
  const stranger = await newAccount()
  const { id } = await messages.post({ roomId, senderId: members[0] as number, content: 'secret' })
  await expect(messages.post({ roomId, senderId: stranger, content: 'x' })).rejects.toMatchObject({
    code: 'rooms.missing',
  })
  await expect(messages.history(stranger, roomId, { limit: 10 })).rejects.toMatchObject({ code: 'rooms.missing' })
  await expect(messages.get(stranger, id)).rejects.toMatchObject({ code: 'rooms.message-missing' })
  await expect(messages.get(stranger, 2_000_000_000)).rejects.toMatchObject({ code: 'rooms.message-missing' })
  await expect(messages.edit(stranger, id, 'x')).rejects.toMatchObject({ code: 'rooms.message-missing' })
  await expect(rooms.members(roomId, stranger)).rejects.toMatchObject({ code: 'rooms.missing' })
  expect(await messages.search(stranger, { words: 'secret', limit: 10 })).toEqual([])
})

test('edit, delete and react count one change each; a deleted one keeps its number and nothing else', async () => {
  const { roomId, members } = await newRoom()
  const [anna = 0, ben = 0] = members
  const first = await messages.post({ roomId, senderId: anna, content: 'helo' })
  const reply = await messages.post({ roomId, senderId: ben, content: 'hi', replyTo: first.id })
  expect(reply.reply_to).toMatchObject({ id: first.id, content: 'helo' })
  expect(await messages.edit(anna, first.id, 'hello')).toMatchObject({ content: 'hello', change: 3, seq: 1 })
  await expect(messages.edit(ben, first.id, 'x')).rejects.toMatchObject({ code: 'rooms.not-allowed' })
  const reacted = await messages.react(ben, first.id, '👍🏽', true)
  expect(reacted).toMatchObject({ change: 4, reactions: [{ emoji: '👍🏽', user_ids: [ben] }] })
  await expect(messages.react(ben, first.id, 'nice', true)).rejects.toMatchObject({ code: 'rooms.not-emoji' })
  expect(await messages.react(ben, first.id, '👍🏽', false)).toMatchObject({ reactions: [] })
  // The room's owner may take back what others said; a member may not.
  await expect(messages.remove(ben, first.id)).rejects.toMatchObject({ code: 'rooms.not-allowed' })
  expect(await messages.remove(anna, reply.id)).toMatchObject({ deleted: true, content: '', seq: 2, change: 6 })
  await expect(messages.edit(ben, reply.id, 'again')).rejects.toMatchObject({ code: 'rooms.message-missing' })
  const { messages: changed, change } = await messages.changes(roomId, 4, 10)
  expect(changed.map((one) => [one.id, one.change])).toEqual([
    [first.id, 5],
    [reply.id, 6],
  ])
  expect(change).toBe(6)
})

test('unread counts are exact: others’ messages after the mark that still stand', async () => {
  const { roomId, members } = await newRoom()
  const [anna = 0, ben = 0] = members
  for (const content of ['one', 'two', 'three']) await messages.post({ roomId, senderId: anna, content })
  const mine = await messages.post({ roomId, senderId: ben, content: 'four' })
  const fifth = await messages.post({ roomId, senderId: anna, content: 'five' })
  expect(await rooms.get(roomId, ben)).toMatchObject({ unread: 4, read_seq: 0 })
  expect(await rooms.get(roomId, anna)).toMatchObject({ unread: 1 })
  await messages.remove(anna, fifth.id)
  expect(await rooms.get(roomId, ben)).toMatchObject({ unread: 3 })
  expect(await rooms.markRead(roomId, ben, mine.seq)).toBe(4)
  expect(await rooms.markRead(roomId, ben, 1)).toBe(4)
  expect(await rooms.markRead(roomId, ben, 1_000)).toBe(5)
  expect(await rooms.get(roomId, ben)).toMatchObject({ unread: 0 })
  const late = await newAccount()
  await rooms.addMember(roomId, anna, late)
  expect(await rooms.get(roomId, late)).toMatchObject({ unread: 0, read_seq: 5 })
})

test('search finds pieces of Chinese words, any case, full width and half', async () => {
  const { roomId, members } = await newRoom()
  const [anna = 0] = members
  for (const content of ['明天下午開產品會議', '今天天氣很好', 'Deploy ＶＥＲＳＩＯＮ two', '100% 完成']) {
    await messages.post({ roomId, senderId: anna, content })
  }
  const find = async (words: string) => (await messages.search(anna, { words, limit: 10 })).map((one) => one.content)
  expect(await find('產品會')).toEqual(['明天下午開產品會議'])
  expect(await find('天')).toEqual(['今天天氣很好', '明天下午開產品會議'])
  expect(await find('version')).toEqual(['Deploy ＶＥＲＳＩＯＮ two'])
  expect(await find('version TW')).toEqual(['Deploy ＶＥＲＳＩＯＮ two'])
  expect(await find('0% 完')).toEqual(['100% 完成'])
  expect(await find('會產')).toEqual([])
  expect(await find('%')).toEqual(['100% 完成'])
})

test('mentions name members alone, once', async () => {
  const { roomId, members } = await newRoom()
  const wang = await newAccount('王小明')
  await rooms.addMember(roomId, members[0] as number, wang)
  const outsider = await newAccount('outsider')
  const posted = await messages.post({
    roomId,
    senderId: members[0] as number,
    content: '@王小明 請看，cc @outsider，寄到 a@王小明.tw @王小明.',
  })
  expect(posted.mentions).toEqual([wang])
  expect(posted.mentions).not.toContain(outsider)
  expect(mentioned.at(-1)?.id).toBe(posted.id)
  expect(await rooms.get(roomId, wang)).toMatchObject({ mentions: 1 })
})

test('blank and huge messages are refused, Markdown and HTML kept as they are', async () => {
  const { roomId, members } = await newRoom()
  const [anna = 0] = members
  const post = (content: string) => messages.post({ roomId, senderId: anna, content })
  for (const blank of ['', ' \n\t ', '\u200b\u2060', '\u202e'])
    await expect(post(blank)).rejects.toMatchObject({ code: 'rooms.blank-message' })
  await expect(post('x'.repeat(10_001))).rejects.toMatchObject({ code: 'rooms.long-message' })
  expect((await post(`${'字'.repeat(9_999)}!`)).content).toHaveLength(10_000)
  expect((await post('  <img src=x onerror=alert(1)>\n    code  ')).content).toBe(
    '  <img src=x onerror=alert(1)>\n    code',
  )
})

test('roles: who may rename, take out, and give roles; the last owner hands on', async () => {
  const { roomId, members } = await newRoom(3)
  const [anna = 0, ben = 0, cleo = 0] = members
  await expect(rooms.rename(roomId, ben, 'mine')).rejects.toMatchObject({ code: 'rooms.not-allowed' })
  await rooms.setRole(roomId, anna, ben, 'admin')
  await rooms.rename(roomId, ben, ' New\u202e name ')
  expect((await rooms.get(roomId, cleo)).name).toBe('New name')
  await expect(rooms.removeMember(roomId, ben, anna)).rejects.toMatchObject({ code: 'rooms.not-allowed' })
  await expect(rooms.setRole(roomId, ben, cleo, 'admin')).rejects.toMatchObject({ code: 'rooms.not-allowed' })
  await rooms.removeMember(roomId, anna, anna)
  expect((await rooms.get(roomId, ben)).role).toBe('owner')
  await rooms.removeMember(roomId, ben, cleo)
  await expect(rooms.get(roomId, cleo)).rejects.toMatchObject({ code: 'rooms.missing' })
  await rooms.removeMember(roomId, ben, ben)
  expect(await db.query('SELECT id FROM rooms WHERE id = $1', [roomId])).toEqual([])
})

test('two people have one direct room, whoever opens it, also at the same time', async () => {
  const [anna, ben] = [await newAccount(), await newAccount()]
  const ids = await Promise.all([rooms.direct(anna, ben), rooms.direct(ben, anna), rooms.direct(anna, ben)])
  expect(new Set(ids).size).toBe(1)
  await expect(rooms.direct(anna, anna)).rejects.toMatchObject({ code: 'rooms.no-account' })
  await expect(rooms.direct(anna, 2_000_000_000)).rejects.toMatchObject({ code: 'rooms.no-account' })
  expect(await rooms.get(ids[0] ?? 0, anna)).toMatchObject({ kind: 'direct', peer: { id: ben } })
})

test('an invite link lets in as many as it says, until it ends', async () => {
  const { roomId, members } = await newRoom()
  const invites = createInvites({ db, rooms, clock: systemClock })
  const { token, id } = await invites.create(roomId, members[0] as number, { hours: 1, mostUses: 2 })
  const people = await Promise.all([newAccount(), newAccount(), newAccount()])
  const results = await Promise.allSettled(people.map((one) => invites.accept(token, one)))
  expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(2)
  const more = await invites.create(roomId, members[0] as number, { hours: 1, mostUses: null })
  await expect(invites.revoke(roomId, members[1] as number, more.id)).rejects.toMatchObject({
    code: 'rooms.not-allowed',
  })
  await invites.revoke(roomId, members[0] as number, more.id)
  await expect(invites.accept(more.token, await newAccount())).rejects.toMatchObject({ code: 'rooms.invite-ended' })
  const late = createInvites({ db, rooms, clock: { now: () => Date.now() + 3_700_000 } })
  await expect(late.look(token)).rejects.toMatchObject({ code: 'rooms.invite-ended' })
  expect((await invites.list(roomId, members[0] as number)).map((one) => one.id)).toEqual([id])
})

test('a feed hands on every change once and in order, also what the bus lost, swapped or sent twice', async () => {
  const { roomId, members } = await newRoom()
  const lossy = await createBus<Events>({ log: silentLog })
  const feed = createRoomFeed({ bus: lossy, changes: messages.changes, log: silentLog })
  const told: number[] = []
  const follower = { onChange: (_: number, change: number) => told.push(change), onTooFar: () => told.push(-1) }
  feed.watch([roomId])
  feed.follow(roomId, follower, 0, 0)
  const posted: RoomMessage[] = []
  for (let i = 0; i < 9; i++)
    posted.push(await messages.post({ roomId, senderId: members[0] as number, content: `${i}` }))
  const publish = (at: number) =>
    lossy.publish('rooms.message.changed', { roomId, meetingId: null, isNew: true, message: posted[at] as RoomMessage })
  // 2 before 1, 3 lost, 5 twice, 7 and 8 lost.
  for (const at of [1, 0, 3, 4, 4, 5, 8]) publish(at)
  await expect.poll(() => told.length).toBe(9)
  expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  const late: number[] = []
  feed.follow(roomId, { onChange: (_, change) => late.push(change), onTooFar: () => {} }, 6, 9)
  posted.push(await messages.post({ roomId, senderId: members[0] as number, content: 'meanwhile' }))
  publish(9)
  await expect.poll(() => late.length).toBe(4)
  expect(late).toEqual([7, 8, 9, 10])
  feed.close()
  await lossy.close()
})
