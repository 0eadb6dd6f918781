import { describe, expect, test } from 'vitest'
import { eventually } from '#test/support/meetings.ts'
import type { Person } from '#test/support/meetings.ts'
import { errorOf, leaveAll, meetingsOfFile } from '#test/support/meetings-file.ts'

/** How far the server's clock is ahead of ours, in milliseconds. */
let ahead = 0
const { app, host, guest, third } = await meetingsOfFile({
  clock: { now: () => Date.now() + ahead },
  timings: { denialMs: 20_000 },
})

describe('chat', () => {
  test('goes to everybody, the sender included, is kept, and comes from REST too', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    second.send('chat', { content: 'hello 你好', ref: 'r1' })
    const heard = await first.next('chat')
    expect(heard).toMatchObject({
      from: guest.id,
      data: { message_id: expect.any(Number), seq: 1, content: 'hello 你好', user_id: guest.id, nickname: 'guest' },
    })
    expect(heard.data).not.toHaveProperty('ref')
    expect((await second.next('chat')).data).toEqual({ ...heard.data, ref: 'r1' })
    const posted = await app.call(host, 'POST', `/meetings/${id}/messages`, { content: 'by REST' })
    expect((await second.next('chat')).data).toMatchObject({
      seq: 2,
      message_id: posted.data.message_id,
      content: 'by REST',
    })
    const { data } = await app.call(guest, 'GET', `/meetings/${id}/messages`)
    expect(data.messages.map((one: { content: string }) => one.content)).toEqual(['hello 你好', 'by REST'])
    const late = await app.enter(third, id)
    expect(late.joined.message_seq).toBe(2)
    leaveAll(first, second, late)
  })

  test('comes in the same order to everybody when all talk at once', async () => {
    const id = await app.meeting(host)
    const clients = [await app.enter(host, id), await app.enter(guest, id), await app.enter(third, id)]
    for (let i = 0; i < 30; i++) for (const client of clients) client.send('chat', { content: `line ${i}` })
    const orders: number[][] = []
    for (const client of clients) {
      for (let i = 0; i < 90; i++) await client.next('chat')
      orders.push(
        client.frames.flatMap((frame) => (frame.type === 'chat' ? [(frame.data as { seq: number }).seq] : [])),
      )
    }
    expect(orders[0]).toEqual(Array.from({ length: 90 }, (_, at) => at + 1))
    expect(orders[1]).toEqual(orders[0])
    expect(orders[2]).toEqual(orders[0])
    leaveAll(...clients)
  })

  test('is refused where it is off, empty, too long, or meant for one', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    for (const content of ['', ' ', 'a\0', 'x'.repeat(1001)]) {
      first.send('chat', { content })
      expect(await errorOf(first)).toMatchObject({ code: 'INVALID_MESSAGE', type: 'chat' })
    }
    first.send('chat', { content: 'psst' }, { to: 5 })
    expect(await errorOf(first)).toMatchObject({ code: 'INVALID_MESSAGE' })
    await app.call(host, 'PUT', `/meetings/${id}`, { settings: { enable_chat: false } })
    expect((await first.next('settings')).data.settings['enable_chat']).toBe(false)
    first.send('chat', { content: 'hello' })
    expect(await errorOf(first)).toMatchObject({ code: 'FORBIDDEN' })
    expect((await app.call(host, 'GET', `/meetings/${id}/messages`)).data.total).toBe(0)
    leaveAll(first)
  })
})

describe('what people show', () => {
  test('media states are sent to all, kept for late comers, and obeyed by the engine', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    first.send('media-state', { audio_enabled: false, screen_sharing: true })
    const told = await second.next('media-state')
    expect(told).toMatchObject({
      from: host.id,
      data: { user_id: host.id, audio_enabled: false, video_enabled: true, screen_sharing: true },
    })
    await first.next('media-state')
    const late = await app.enter(third, id)
    expect(late.joined.participants[0]?.media_state).toEqual({
      audio_enabled: false,
      video_enabled: true,
      screen_sharing: true,
    })
    await late.settle()
    await eventually(() => [...(app.engine.peer(String(id), first.joined.peer_id)?.allowed ?? [])].toSorted()).toEqual([
      'camera',
      'screen',
      'screen-audio',
    ])
    leaveAll(first, second, late)
  })

  test('screen sharing and video are what the meeting allows', async () => {
    const id = await app.meeting(host, { meeting_type: 'audio', settings: { enable_screen_share: false } })
    const first = await app.enter(host, id, { media_state: { video_enabled: true, screen_sharing: true } })
    expect(first.joined.media_state).toEqual({ audio_enabled: true, video_enabled: false, screen_sharing: false })
    first.send('media-state', { screen_sharing: true })
    expect(await errorOf(first)).toMatchObject({ code: 'FORBIDDEN' })
    first.send('media-state', { video_enabled: true })
    expect(await errorOf(first)).toMatchObject({ code: 'FORBIDDEN' })
    await eventually(() => app.engine.peer(String(id), first.joined.peer_id)?.allowed).toEqual(new Set(['microphone']))
    leaveAll(first)
  })

  test('sharing ends when the setting is turned off', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id, { media_state: { screen_sharing: true } })
    await app.call(host, 'PUT', `/meetings/${id}`, { settings: { enable_screen_share: false } })
    expect((await second.next('media-state')).data).toMatchObject({
      user_id: guest.id,
      screen_sharing: false,
      by: host.id,
    })
    leaveAll(first, second)
  })

  test('hands go up and down; others’ hands only down, by a moderator', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    second.send('hand', { raised: true })
    expect((await first.next('hand')).data).toMatchObject({
      user_id: guest.id,
      raised: true,
      raised_at: expect.any(String),
    })
    second.send('hand', { raised: true, user_id: host.id })
    expect(await errorOf(second)).toMatchObject({ code: 'FORBIDDEN' })
    first.send('hand', { raised: false, user_id: guest.id })
    expect((await second.next('hand', ({ data }) => !data.raised)).data).toMatchObject({
      user_id: guest.id,
      by: host.id,
    })
    second.send('reaction', { emoji: '🎉' })
    expect((await first.next('reaction')).data).toEqual({ user_id: guest.id, emoji: '🎉' })
    leaveAll(first, second)
  })
})

describe('the lobby', () => {
  test('waiting, admit one, admit all, deny', async () => {
    const id = await app.meeting(host, { settings: { enable_waiting_room: true } })
    const fourth = await app.person('fourth')
    const first = await app.enter(host, id)
    const wait = async (who: Person) => {
      expect((await app.call(who, 'POST', `/meetings/${id}/join`)).data).toMatchObject({
        status: 'waiting',
        waiting_for: 'lobby',
      })
      const client = await app.open(who, id)
      client.send('join', { media_state: { video_enabled: false } })
      expect((await client.next('waiting')).data).toMatchObject({ reason: 'lobby', title: 'Weekly' })
      return client
    }
    const second = await wait(guest)
    expect((await first.next('waiting')).data).toMatchObject({
      participants: [{ user_id: guest.id, nickname: 'guest' }],
    })
    second.send('chat', { content: 'let me in' })
    expect(await errorOf(second)).toMatchObject({ code: 'FORBIDDEN' })
    await second.settle()

    first.send('admit', { user_id: guest.id })
    await second.next('admit')
    expect((await second.next('join')).data).toMatchObject({
      role: 'participant',
      media_state: { video_enabled: false },
    })
    expect((await first.next('user-joined')).data.user_id).toBe(guest.id)

    const denied = await wait(third)
    const other = await wait(fourth)
    second.send('admit', { all: true })
    expect(await errorOf(second)).toMatchObject({ code: 'FORBIDDEN' })
    first.send('deny', { user_id: third.id })
    await denied.next('deny')
    expect(await denied.closed).toBe(4003)
    expect(await app.call(third, 'POST', `/meetings/${id}/join`)).toMatchObject({ status: 403 })
    first.send('admit', { all: true })
    await other.next('join')
    ahead = 21_000
    expect((await app.call(third, 'POST', `/meetings/${id}/join`)).data.status).toBe('waiting')
    leaveAll(first, second, other)
  })

  test('nobody is admitted beyond max_participants', async () => {
    const id = await app.meeting(host, { max_participants: 1, settings: { enable_waiting_room: true } })
    const first = await app.enter(host, id)
    await app.call(guest, 'POST', `/meetings/${id}/join`)
    first.send('admit', { user_id: guest.id })
    expect(await errorOf(first)).toMatchObject({ code: 'ROOM_FULL' })
    first.send('admit', { user_id: third.id })
    expect(await errorOf(first)).toMatchObject({ code: 'TARGET_NOT_FOUND' })
    leaveAll(first)
  })

  test('who waits for the host comes in by themselves when the meeting starts', async () => {
    const id = await app.meeting(host)
    await app.call(guest, 'POST', `/meetings/${id}/join`)
    const early = await app.open(guest, id)
    early.send('join')
    expect((await early.next('waiting')).data).toMatchObject({ reason: 'host' })
    const first = await app.enter(host, id)
    expect((await early.next('join')).data.participants.length).toBeGreaterThan(0)
    leaveAll(first, early)
  })
})

describe('moderation', () => {
  test('mute turns off for real and can be undone by its owner alone; ask only asks', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    const peer = () => app.engine.peer(String(id), second.joined.peer_id)
    first.send('mute-request', { user_id: guest.id, kind: 'audio' })
    expect((await second.next('mute-request')).data).toEqual({ kind: 'audio', action: 'mute', by: host.id })
    expect((await second.next('media-state')).data).toMatchObject({
      user_id: guest.id,
      audio_enabled: false,
      by: host.id,
    })
    await eventually(() => peer()?.allowed.has('microphone')).toBe(false)
    first.send('mute-request', { user_id: guest.id, kind: 'audio', action: 'ask' })
    expect((await second.next('mute-request')).data.action).toBe('ask')
    expect(peer()?.allowed.has('microphone')).toBe(false)
    second.send('media-state', { audio_enabled: true })
    await eventually(() => peer()?.allowed.has('microphone')).toBe(true)
    second.send('mute-request', { user_id: host.id, kind: 'audio' })
    expect(await errorOf(second)).toMatchObject({ code: 'FORBIDDEN' })
    first.send('mute-request', { kind: 'video' })
    expect((await second.next('mute-request')).data).toMatchObject({ kind: 'video', action: 'mute' })
    leaveAll(first, second)
  })

  test('kick closes with 4003, is told, and there is no way back', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    second.send('kick', { user_id: host.id })
    expect(await errorOf(second)).toMatchObject({ code: 'FORBIDDEN' })
    first.send('kick', { user_id: guest.id })
    expect((await second.next('kick')).data).toEqual({ user_id: guest.id, by: host.id })
    expect(await second.closed).toBe(4003)
    expect((await first.next('user-left')).data).toMatchObject({ user_id: guest.id, reason: 'removed' })
    expect(app.engine.peers(String(id))).not.toContain(second.joined.peer_id)
    expect((await app.call(guest, 'POST', `/meetings/${id}/join`)).status).toBe(403)
    expect(await (await app.open(guest, id, { session_id: second.joined.session_id })).closed).toBe(4004)
    leaveAll(first)
  })

  test('roles and locks are told live, from frames and from REST', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    second.send('lock', { locked: true })
    expect(await errorOf(second)).toMatchObject({ code: 'FORBIDDEN' })
    first.send('role', { user_id: guest.id, role: 'moderator' })
    expect((await second.next('role')).data).toEqual({ user_id: guest.id, role: 'moderator', by: host.id })
    second.send('lock', { locked: true })
    expect((await first.next('lock')).data).toEqual({ locked: true, by: guest.id })
    expect((await app.call(third, 'POST', `/meetings/${id}/join`)).status).toBe(403)
    await app.call(host, 'PUT', `/meetings/${id}/participants/${guest.id}/role`, { role: 'participant' })
    expect((await second.next('role')).data.role).toBe('participant')
    second.send('end')
    expect(await errorOf(second)).toMatchObject({ code: 'FORBIDDEN' })
    first.send('end')
    expect((await second.next('end')).data).toEqual({ by: host.id, reason: 'ended' })
    expect(await second.closed).toBe(4000)
    expect(await first.closed).toBe(4000)
    await eventually(() => app.engine.rooms()).not.toContain(String(id))
  })

  test('deleting a meeting sends everybody out', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    await app.call(host, 'DELETE', `/meetings/${id}`)
    expect((await first.next('end')).data.reason).toBe('deleted')
    expect(await first.closed).toBe(4000)
  })
})

describe('between two people', () => {
  test('offers, answers and candidates are passed on untouched; from is the server’s word', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    const data = { type: 'offer', sdp: 'anything at all', custom: { deep: [1, null] } }
    first.send('offer', data as never, { to: guest.id, from: 999 })
    expect(await second.next('offer')).toEqual({ type: 'offer', from: host.id, to: guest.id, meeting_id: id, data })
    second.send('answer', { type: 'answer', sdp: 'x' }, { to: host.id })
    expect((await first.next('answer')).from).toBe(guest.id)
    second.send('ice-candidate', { candidate: 'c' }, { to: host.id })
    expect((await first.next('ice-candidate')).data).toEqual({ candidate: 'c' })
    first.send('offer', data as never, { to: third.id })
    expect(await errorOf(first)).toMatchObject({ code: 'TARGET_NOT_FOUND' })
    leaveAll(first, second)
  })
})
