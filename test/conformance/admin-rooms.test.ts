import { afterAll, beforeAll, expect, test } from 'vitest'
import { CLOSE } from '#contracts/schemas/signaling.ts'
import { startMeetings } from '#test/support/meetings.ts'
import type { MeetingsApp, Person } from '#test/support/meetings.ts'

let app: MeetingsApp
let host: Person
let guest: Person
let admin: Person
beforeAll(async () => {
  app = await startMeetings()
  host = await app.person('host')
  guest = await app.person('guest')
  admin = await app.person('admin', 'admin')
})
afterAll(() => app.close())

test('an admin sees every live room with its sessions and traffic; nobody else does', async () => {
  expect((await app.call(admin, 'GET', '/admin/rooms')).data).toEqual({
    rooms: [],
    total: 0,
    participants: 0,
    inbound_bitrate: 0,
    outbound_bitrate: 0,
  })
  const id = await app.meeting(host)
  const first = await app.enter(host, id)
  const second = await app.enter(guest, id)
  const { data } = await app.call(admin, 'GET', '/admin/rooms')
  expect(data).toMatchObject({ total: 1, participants: 2 })
  expect(data.rooms[0]).toMatchObject({
    meeting_id: id,
    creator_id: host.id,
    connections: 2,
    waiting: 0,
    inbound_bitrate: 64_000,
    people: [
      { user_id: host.id, role: 'host', status: 'online', session_id: first.joined.session_id },
      { user_id: guest.id, role: 'participant', status: 'online', session_id: second.joined.session_id },
    ],
  })
  expect(data.inbound_bitrate).toBe(64_000)
  for (const who of [host, guest]) {
    expect(await app.call(who, 'GET', '/admin/rooms')).toMatchObject({ status: 403, data: null })
    expect(await app.call(who, 'POST', `/admin/rooms/${id}/end`)).toMatchObject({ status: 403, data: null })
  }
  expect((await app.call(null, 'GET', '/admin/rooms')).status).toBe(401)
  for (const client of [first, second]) client.socket.terminate()
})

test('an admin ends a meeting: everybody is told and let go, and it is over', async () => {
  const id = await app.meeting(host)
  const first = await app.enter(host, id)
  const second = await app.enter(guest, id)
  const answer = await app.call(admin, 'POST', `/admin/rooms/${id}/end`)
  expect(answer).toMatchObject({ status: 200, data: { meeting_id: id, status: 'ended' } })
  for (const client of [first, second]) {
    expect((await client.next('end')).data).toMatchObject({ by: admin.id, reason: 'ended' })
    expect(await client.closed).toBe(CLOSE.ended)
  }
  const { data } = await app.call(admin, 'GET', '/admin/rooms')
  expect(data.rooms.map((room: { meeting_id: number }) => room.meeting_id)).not.toContain(id)
  expect((await app.call(host, 'GET', `/meetings/${id}`)).data.status).toBe('ended')
  expect(await app.call(admin, 'POST', `/admin/rooms/${id}/end`)).toMatchObject({ code: 2002 })
  expect(await app.call(admin, 'POST', '/admin/rooms/999999/end')).toMatchObject({ status: 404, code: 2001 })
})
