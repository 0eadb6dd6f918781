import { describe, expect, test } from 'vitest'
import { eventually, startMeetings } from '#test/support/meetings.ts'
import { meetingsOfFile } from '#test/support/meetings-file.ts'

const { app, host, guest, stranger, admin } = await meetingsOfFile()

async function pair() {
  const id = await app.meeting(host)
  const first = await app.enter(host, id)
  const second = await app.enter(guest, id)
  return { id, first, second, end: () => [first, second].forEach((one) => one.socket.terminate()) }
}

describe('sessions', () => {
  test('one’s own, and a moderated one; strangers find nothing', async () => {
    const { id, first, second, end } = await pair()
    second.send('media-state', { audio_enabled: false })
    await first.next('media-state')
    const path = `/sessions/${second.joined.session_id}`
    const expected = {
      session_id: second.joined.session_id,
      user_id: guest.id,
      username: guest.login,
      meeting_id: id,
      connected_at: expect.any(String),
      last_activity: expect.any(String),
      status: 'active',
      media_state: { audio_enabled: false, video_enabled: true, screen_sharing: false },
    }
    for (const who of [guest, host, admin]) expect((await app.call(who, 'GET', path)).data).toMatchObject(expected)
    expect(await app.call(stranger, 'GET', path)).toMatchObject({ status: 404, data: null })
    expect(await app.call(guest, 'GET', `/sessions/${first.joined.session_id}`)).toMatchObject({ status: 404 })
    expect(await app.call(guest, 'GET', '/sessions/none')).toMatchObject({ status: 404 })
    const room = await app.call(guest, 'GET', `/sessions/room/${id}`)
    expect(room.data).toMatchObject({ total: 2, sessions: [{ user_id: host.id }, { user_id: guest.id }] })
    end()
    await eventually(async () => (await app.call(guest, 'GET', path)).data.status).toBe('suspended')
    await app.call(guest, 'POST', `/meetings/${id}/leave`)
    expect((await app.call(guest, 'GET', path)).data.status).toBe('closed')
  })
})

describe('history', () => {
  test('holds SDP, newest last, and only what one was part of', async () => {
    const { id, first, second, end } = await pair()
    const third = await app.enter(stranger, id)
    first.send('offer', { sdp: 'v=0 mine', tracks: [{ mid: '0', source: 'microphone' }] })
    await first.next('answer')
    first.send('offer', { sdp: 'between us' }, { to: guest.id })
    await second.next('offer', ({ from }) => from === host.id)
    second.send('chat', { content: 'hello' })
    await first.next('chat')
    const mine = (await app.call(guest, 'GET', `/messages/history/${id}`)).data
    const types = mine.messages.map((one: { type: string }) => one.type)
    expect(types).toEqual(expect.arrayContaining(['user-joined', 'offer', 'chat']))
    expect(mine.messages.at(-1)).toMatchObject({
      type: 'chat',
      from: guest.id,
      meeting_id: id,
      data: { content: 'hello' },
    })
    const text = (who: unknown) => JSON.stringify(who)
    expect(text(mine)).toContain('between us')
    expect(text(mine)).not.toContain('v=0 mine')
    expect(text((await app.call(host, 'GET', `/messages/history/${id}`)).data)).toContain('v=0 mine')
    expect(text((await app.call(stranger, 'GET', `/messages/history/${id}`)).data)).not.toContain('between us')
    const last = (await app.call(guest, 'GET', `/messages/history/${id}?limit=1`)).data
    expect(last).toMatchObject({ total: 1, messages: [{ type: 'chat' }] })
    for (const limit of [0, 1001, 'x']) {
      expect((await app.call(guest, 'GET', `/messages/history/${id}?limit=${limit}`)).status).toBe(400)
    }
    third.socket.terminate()
    end()
  })
})

describe('statistics', () => {
  test('are of one’s own rooms; of all for an admin', async () => {
    const { id, end } = await pair()
    const mine = (await app.call(guest, 'GET', '/stats/overview')).data
    expect(mine.active_rooms).toBeGreaterThanOrEqual(1)
    expect(mine.room_details.find((room: { room_id: number }) => room.room_id === id)).toMatchObject({
      participant_count: 2,
      active_connections: 2,
      total_messages: expect.any(Number),
      duration: expect.any(Number),
      created_at: expect.any(String),
    })
    const outsider = await app.person()
    expect((await app.call(outsider, 'GET', '/stats/overview')).data).toEqual({
      active_sessions: 0,
      connected_clients: 0,
      active_rooms: 0,
      room_details: [],
    })
    expect((await app.call(outsider, 'GET', '/stats/rooms')).data).toEqual({ rooms: [], total: 0 })
    const all = (await app.call(admin, 'GET', '/stats/rooms')).data
    expect(all.rooms.map((room: { room_id: number }) => room.room_id)).toContain(id)
    expect(app.meetings.stats()).toMatchObject({ seats: expect.any(Number), framesIn: expect.any(Number) })
    end()
  })
})

describe('webrtc', () => {
  test('peers and numbers come from the engine; an empty room has none', async () => {
    const { id, first, end } = await pair()
    first.send('offer', { sdp: 'v=0', tracks: [{ mid: '0', source: 'microphone' }] })
    await first.next('answer')
    const peers = (await app.call(guest, 'GET', `/webrtc/room/${id}/peers`)).data
    expect(peers).toMatchObject({ room_id: id, total: 2 })
    expect(peers.peers[0]).toMatchObject({
      peer_id: first.joined.peer_id,
      user_id: host.id,
      status: 'new',
      tracks: [{ track_id: expect.any(String), kind: 'audio', codec: 'opus', bitrate: 64_000 }],
      connected_at: null,
    })
    expect((await app.call(guest, 'GET', `/webrtc/room/${id}/stats`)).data).toMatchObject({
      room_id: id,
      peers: 2,
      tracks: 1,
      inbound_bitrate: 64_000,
      packet_loss_rate: 0,
      average_jitter_ms: 1,
    })
    const empty = await app.meeting(host)
    expect((await app.call(host, 'GET', `/webrtc/room/${empty}/stats`)).data).toMatchObject({ peers: 0, tracks: 0 })
    expect(await app.call(host, 'GET', '/webrtc/room/2147483647/peers')).toMatchObject({ status: 404, code: 2001 })
    end()
  })

  test('one changes one’s own media; a moderator only turns others off', async () => {
    const { id, first, second, end } = await pair()
    const path = `/webrtc/peer/${second.joined.peer_id}/media`
    const own = await app.call(guest, 'POST', path, { video_enabled: false, video_quality: 'low' })
    expect(own).toMatchObject({
      status: 200,
      data: {
        peer_id: second.joined.peer_id,
        user_id: guest.id,
        audio_enabled: true,
        video_enabled: false,
        video_quality: 'low',
      },
    })
    expect((await first.next('media-state')).data).toMatchObject({ user_id: guest.id, video_enabled: false })
    await eventually(() => app.engine.peer(String(id), second.joined.peer_id)?.quality).toBe('low')
    expect((await app.call(host, 'POST', path, { audio_enabled: false })).data.audio_enabled).toBe(false)
    expect((await second.next('media-state', ({ data }) => data.by === host.id)).data.audio_enabled).toBe(false)
    expect(await app.call(host, 'POST', path, { audio_enabled: true })).toMatchObject({ status: 403 })
    expect(
      await app.call(guest, 'POST', `/webrtc/peer/${first.joined.peer_id}/media`, { audio_enabled: false }),
    ).toMatchObject({ status: 403 })
    expect(await app.call(stranger, 'POST', path, { audio_enabled: false })).toMatchObject({ status: 404 })
    for (const peer of ['none', '00000000-0000-4000-8000-000000000000']) {
      expect(await app.call(host, 'POST', `/webrtc/peer/${peer}/media`, {})).toMatchObject({ status: 404 })
    }
    expect((await app.call(guest, 'POST', path, { video_quality: 'huge' })).status).toBe(400)
    end()
  })

  test('before there is a socket, the state waits for it', async () => {
    const id = await app.meeting(host)
    const { data } = await app.call(host, 'POST', `/meetings/${id}/join`)
    const answer = await app.call(host, 'POST', `/webrtc/peer/${data.peer_id}/media`, { audio_enabled: false })
    expect(answer).toMatchObject({ status: 200, data: { audio_enabled: false, video_enabled: true } })
    const client = await app.enter(host, id)
    expect(client.joined.media_state.audio_enabled).toBe(false)
    client.socket.terminate()
  })
})

describe('a server that is started anew', () => {
  test('finds its rooms: sockets come back with role, hand and chat, and media begin afresh', async () => {
    const before = await startMeetings()
    const db = before.db
    const one = await before.person('one')
    const two = await before.person('two')
    const id = await before.meeting(one)
    const first = await before.enter(one, id)
    const second = await before.enter(two, id)
    first.send('role', { user_id: two.id, role: 'moderator' })
    await second.next('role')
    second.send('hand', { raised: true })
    second.send('media-state', { audio_enabled: false })
    second.send('chat', { content: 'before' })
    await first.next('chat')
    const gone = Promise.all([first.closed, second.closed])
    await before.sockets.drain()
    expect(await gone).toEqual([1012, 1012])
    await before.close({ keepDatabase: true })

    const after = await startMeetings({ db })
    try {
      expect((await after.call(one, 'GET', `/meetings/${id}`)).data.status).toBe('ongoing')
      expect((await after.call(one, 'GET', `/sessions/${second.joined.session_id}`)).data.status).toBe('closed')
      const back = await after.open(two, id, { session_id: second.joined.session_id })
      const { data } = await back.next('join')
      expect(data).toMatchObject({
        session_id: second.joined.session_id,
        peer_id: second.joined.peer_id,
        role: 'moderator',
        resumed: true,
        media: 'fresh',
        media_state: { audio_enabled: false },
        message_seq: 1,
      })
      expect(data.participants[0]?.hand_raised_at).not.toBeNull()
      const again = await after.open(one, id, { session_id: first.joined.session_id })
      expect((await again.next('join')).data).toMatchObject({ role: 'host', participants: [{}, {}] })
      expect((await back.next('user-joined')).data.user_id).toBe(one.id)
      expect((await after.call(one, 'GET', `/sessions/${second.joined.session_id}`)).data.status).toBe('active')
    } finally {
      await after.close()
    }
  })
})
