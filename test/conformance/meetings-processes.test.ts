import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, startMeetings } from '#test/support/meetings.ts'
import type { MeetingsApp, Person } from '#test/support/meetings.ts'

// Two processes on one database: the room lives in the first, what is done by REST is done in the second.

let here: MeetingsApp
let there: MeetingsApp
let host: Person
let guest: Person

beforeAll(async () => {
  here = await startMeetings({ node: 'here' })
  there = await startMeetings({ node: 'there', db: here.db })
  host = await here.person('host')
  guest = await here.person('guest')
})

afterAll(async () => {
  await there.close({ keepDatabase: true })
  await here.close()
})

/** A meeting whose room is in the first process, with both inside. */
async function gathered(fields: object = {}) {
  const id = await here.meeting(host, fields)
  const first = await here.enter(host, id)
  const second = await here.enter(guest, id)
  return { id, first, second, path: `/meetings/${id}` }
}

describe('acts by REST on a process that does not hold the room', () => {
  test('taken out: everybody is told, and the socket closes', async () => {
    const { id, first, second, path } = await gathered()
    expect((await there.call(host, 'DELETE', `${path}/participants/${guest.id}`)).status).toBe(200)
    expect((await first.next('kick')).data).toEqual({ user_id: guest.id, by: host.id })
    expect((await first.next('user-left')).data).toMatchObject({ user_id: guest.id, reason: 'removed' })
    expect(await second.closed).toBe(4003)
    expect(here.engine.peers(String(id))).toEqual([first.joined.peer_id])
    first.socket.terminate()
  })

  test('roles, a microphone turned off, a line of chat', async () => {
    const { id, first, second, path } = await gathered()
    const role = { role: 'moderator' }
    expect((await there.call(host, 'PUT', `${path}/participants/${guest.id}/role`, role)).status).toBe(200)
    expect((await second.next('role')).data).toEqual({ user_id: guest.id, role: 'moderator', by: host.id })
    const { peer_id } = second.joined
    expect((await there.call(host, 'POST', `/webrtc/peer/${peer_id}/media`, { audio_enabled: false })).status).toBe(200)
    const told = await first.next('media-state', ({ data }) => data.user_id === guest.id)
    expect(told.data).toMatchObject({ audio_enabled: false, peer_id, by: host.id })
    await eventually(() => here.engine.peer(String(id), peer_id)?.allowed.has('microphone')).toBe(false)
    await there.call(guest, 'POST', `${path}/messages`, { content: '從另一台說的' })
    first.send('chat', { content: '從這一台說的' })
    const lines = [await second.next('chat'), await second.next('chat')]
    expect(lines.map(({ data }) => data.content).toSorted()).toEqual(['從另一台說的', '從這一台說的'].toSorted())
    expect(new Set(lines.map(({ data }) => data.seq))).toEqual(new Set([1, 2]))
    await second.settle()
    expect(second.frames.filter(({ type }) => type === 'chat')).toHaveLength(2)
    for (const one of [first, second]) one.socket.terminate()
  })

  test('the door opens, settings, and the end', async () => {
    const id = await here.meeting(host)
    const path = `/meetings/${id}`
    expect((await here.call(guest, 'POST', `${path}/join`, {})).data.status).toBe('waiting')
    const waiting = await here.open(guest, id)
    waiting.send('join')
    expect((await waiting.next('waiting')).data).toMatchObject({ reason: 'host' })
    expect((await there.call(host, 'POST', `${path}/start`)).status).toBe(200)
    expect((await waiting.next('admit')).data).toEqual({ by: host.id })
    await waiting.next('join')
    const first = await here.enter(host, id)
    await there.call(host, 'PUT', path, { title: '改了名字' })
    expect((await waiting.next('settings')).data.title).toBe('改了名字')
    expect((await there.call(host, 'POST', `${path}/end`)).status).toBe(200)
    expect((await first.next('end')).data).toEqual({ by: host.id, reason: 'ended' })
    expect(await waiting.closed).toBe(4000)
    await eventually(() => here.engine.rooms()).not.toContain(String(id))
  })

  test('somebody leaves by REST; a socket there is sent to where the room is', async () => {
    const { id, first, second, path } = await gathered()
    const lost = await there.open(guest, id)
    lost.send('join')
    expect(await lost.closed).toBe(1012)
    expect((await there.call(guest, 'POST', `${path}/leave`)).status).toBe(200)
    expect((await first.next('user-left')).data).toMatchObject({ user_id: guest.id, reason: 'left' })
    expect(await second.closed).toBe(4002)
    first.socket.terminate()
  })
})
