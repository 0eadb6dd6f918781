import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startMeetings } from '#test/support/meetings.ts'
import type { MeetingsApp, Person } from '#test/support/meetings.ts'
import { errorOf, leaveAll, meetingsOfFile } from '#test/support/meetings-file.ts'

const { app, host, guest, third } = await meetingsOfFile()

describe('who gets in', () => {
  test('without a good token: an error frame UNAUTHORIZED and 4401', async () => {
    const id = await app.meeting(host)
    for (const token of ['', 'forged']) {
      const client = await app.open({ ...host, token: token || 'x' }, id)
      expect(await errorOf(client)).toMatchObject({ code: 'UNAUTHORIZED' })
      expect(await client.closed).toBe(4401)
    }
  })

  test('with somebody else’s user_id: UNAUTHORIZED', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/join`)
    const client = await app.open(host, id, { user_id: guest.id })
    expect(await errorOf(client)).toMatchObject({ code: 'UNAUTHORIZED' })
    expect(await client.closed).toBe(4401)
  })

  test('not joined by REST, no such meeting, no meeting at all: INVALID_ROOM and 4004, told apart by nothing', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/start`)
    const told: unknown[] = []
    for (const meetingId of [id, 2147483647]) {
      const client = await app.open(guest, meetingId)
      told.push((await errorOf(client)).message)
      expect(await client.closed).toBe(4004)
    }
    expect(told[0]).toBe(told[1])
    const none = await app.open(guest, id, { meeting_id: 'x' })
    expect(await errorOf(none)).toMatchObject({ code: 'INVALID_ROOM' })
    expect(await none.closed).toBe(4004)
  })

  test('an ended meeting closes with 4000', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/join`)
    await app.call(host, 'POST', `/meetings/${id}/end`)
    const client = await app.open(host, id)
    expect(await client.closed).toBe(4000)
  })

  test('the token is taken from the query, a header and the subprotocol; a foreign origin is refused', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/join`)
    const url = `ws://127.0.0.1:${app.port}/ws/signaling?meeting_id=${id}`
    const opened = async (socket: WebSocket) =>
      await new Promise<string>((resolve) => {
        socket.once('message', (data) => resolve((data as Buffer).toString('utf8')))
        socket.once('open', () => socket.send('{"type":"join"}'))
        socket.once('unexpected-response', (_, response) => resolve(`HTTP ${response.statusCode}`))
        socket.once('error', () => {})
      })
    for (const open of [
      () => new WebSocket(`${url}&token=${host.token}`),
      () => new WebSocket(url, { headers: { authorization: `Bearer ${host.token}` } }),
      () => new WebSocket(url, { headers: { 'x-api-key': `occ_${host.id}` } }),
      () => new WebSocket(url, ['bearer', host.token]),
      () => new WebSocket(url, ['bearer', host.token], { origin: `http://127.0.0.1:${app.port}` }),
    ]) {
      const socket = open()
      expect(await opened(socket)).toContain('"type":"join"')
      socket.terminate()
    }
    const foreign = new WebSocket(url, ['bearer', host.token], { origin: 'https://evil.example' })
    expect(await opened(foreign)).toBe('HTTP 403')
    expect(await opened(new WebSocket(`ws://127.0.0.1:${app.port}/ws/nothing`))).toBe('HTTP 404')
  })
})

describe('joining and leaving', () => {
  test('join is answered with the room; the others get user-joined', async () => {
    const id = await app.meeting(host, { settings: { mute_on_join: true } })
    const first = await app.enter(host, id)
    expect(first.joined).toMatchObject({
      session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      peer_id: expect.any(String),
      role: 'host',
      participants: [{ user_id: host.id, status: 'online' }],
      ice_servers: [],
      settings: { mute_on_join: true, enable_chat: true },
      resumed: false,
      media: 'fresh',
      media_state: { audio_enabled: false, video_enabled: true, screen_sharing: false },
      message_seq: 0,
    })
    const second = await app.enter(guest, id, { media_state: { audio_enabled: true, video_enabled: false } })
    expect(second.joined.participants.map((one) => one.user_id)).toEqual([host.id, guest.id])
    const told = await first.next('user-joined')
    expect(told).toMatchObject({
      from: guest.id,
      meeting_id: id,
      data: {
        user_id: guest.id,
        peer_id: second.joined.peer_id,
        username: guest.login,
        nickname: 'guest',
        role: 'participant',
        // Asked to come in speaking, and muted by the meeting all the same.
        media_state: { audio_enabled: false, video_enabled: false },
      },
    })
    expect((await app.call(host, 'GET', `/meetings/${id}/participants`)).data.participants).toMatchObject([
      { status: 'online' },
      { status: 'online', peer_id: second.joined.peer_id },
    ])
    leaveAll(first, second)
  })

  test('leave is user-left at once, by frame and by REST', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    second.send('leave')
    expect(await first.next('user-left')).toMatchObject({
      from: guest.id,
      data: { user_id: guest.id, peer_id: second.joined.peer_id, username: guest.login, reason: 'left' },
    })
    expect(await second.closed).toBe(4002)
    const again = await app.enter(guest, id)
    await app.call(guest, 'POST', `/meetings/${id}/leave`)
    expect((await first.next('user-left')).data.user_id).toBe(guest.id)
    expect(await again.closed).toBe(4002)
    // Without joining again there is no way back.
    expect(await (await app.open(guest, id)).closed).toBe(4004)
    leaveAll(first)
  })

  test('a page that says something, leaves and closes in one breath has said it, and left', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    for (let i = 0; i < 5; i++) second.send('chat', { content: `last words ${i}` })
    second.send('leave')
    second.socket.close()
    expect((await first.next('user-left')).data).toMatchObject({ user_id: guest.id, reason: 'left' })
    expect(first.frames.filter((frame) => frame.type === 'chat')).toHaveLength(5)
    expect(first.frames.some((frame) => frame.type === 'presence')).toBe(false)
    leaveAll(first)
  })

  test('back in time with the session: the place, the hand and the media are kept', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    second.send('hand', { raised: true })
    second.send('media-state', { audio_enabled: false })
    await first.next('media-state')
    second.socket.terminate()
    await first.next('presence')
    const back = await app.open(guest, id, { session_id: second.joined.session_id })
    expect((await back.next('join')).data).toMatchObject({
      session_id: second.joined.session_id,
      peer_id: second.joined.peer_id,
      resumed: true,
      media: 'kept',
      media_state: { audio_enabled: false },
    })
    expect((await first.next('presence')).data).toMatchObject({ status: 'online' })
    await first.settle()
    expect(first.frames.filter((frame) => frame.type === 'user-joined')).toHaveLength(1)
    expect(first.frames.some((frame) => frame.type === 'user-left')).toBe(false)
    leaveAll(first, back)
  })

  test('a new session takes the place over: the old socket is told and closed with 4001, hand and role stay', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    first.send('hand', { raised: true })
    await second.next('hand')
    const tab = await app.enter(host, id)
    expect(await errorOf(first)).toMatchObject({ code: 'REPLACED' })
    expect(await first.closed).toBe(4001)
    expect(tab.joined).toMatchObject({ peer_id: first.joined.peer_id, role: 'host', resumed: false, media: 'fresh' })
    expect(tab.joined.session_id).not.toBe(first.joined.session_id)
    expect(tab.joined.participants[0]?.hand_raised_at).not.toBeNull()
    expect((await second.next('user-joined')).data.user_id).toBe(host.id)
    expect(second.frames.some((frame) => frame.type === 'user-left')).toBe(false)
    // Somebody else's session, or nonsense, opens no other place.
    const odd = await app.open(guest, id, { session_id: tab.joined.session_id })
    expect((await odd.next('join')).data).toMatchObject({ peer_id: second.joined.peer_id, resumed: false })
    const nonsense = await app.open(guest, id, { session_id: "' OR 1=1 --" })
    expect((await nonsense.next('join')).data.resumed).toBe(false)
    leaveAll(tab, nonsense)
  })

  test('when the host goes, the oldest moderator becomes host; a host who comes back is host again', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/participants`, { user_id: third.id, role: 'moderator' })
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    const moderator = await app.enter(third, id)
    first.send('leave')
    expect((await second.next('role')).data).toMatchObject({ user_id: third.id, role: 'host', by: 0 })
    moderator.send('leave')
    const roles: unknown[] = []
    for (let i = 0; i < 1; i++)
      roles.push((await second.next('role', ({ data }) => data.user_id === guest.id)).data.role)
    expect(roles).toEqual(['host'])
    const back = await app.enter(host, id)
    expect(back.joined.role).toBe('host')
    expect((await second.next('role', ({ data }) => data.user_id === guest.id)).data.role).toBe('participant')
    leaveAll(second, back)
  })
})

describe('what takes too long', () => {
  let app: MeetingsApp
  let host: Person
  let guest: Person
  beforeAll(async () => {
    app = await startMeetings({ timings: { graceMs: 1_000, joinMs: 500 } })
    host = await app.person('host')
    guest = await app.person('guest')
  })
  afterAll(() => app.close())

  test('a socket that sends no join is let go', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/join`)
    const client = await app.open(host, id)
    client.send('chat', { content: 'hello?' })
    expect(await errorOf(client)).toMatchObject({ code: 'INVALID_ROOM', type: 'chat' })
    expect(await client.closed).toBe(4008)
  })

  test('a socket that ends leaves the participant offline, and user-left follows if it is not back', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    second.socket.terminate()
    expect((await first.next('presence')).data).toMatchObject({ user_id: guest.id, status: 'offline' })
    const { data } = await app.call(host, 'GET', `/meetings/${id}/participants`)
    expect(data.participants[1].status).toBe('offline')
    expect(first.frames.some((frame) => frame.type === 'user-left')).toBe(false)
    expect((await first.next('user-left')).data).toMatchObject({ user_id: guest.id, reason: 'timeout' })
    expect(await (await app.open(guest, id)).closed).toBe(4004)
    leaveAll(first)
  })
})
