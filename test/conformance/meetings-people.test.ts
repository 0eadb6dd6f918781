import { describe, expect, test } from 'vitest'
import { meetingsOfFile } from '#test/support/meetings-file.ts'

type Row = Record<string, unknown>

const { app, host, guest, stranger, admin } = await meetingsOfFile({
  settings: { stunUrls: ['stun:s'], turnUrls: ['turn:t'], turnSecret: 'secret' },
})

describe('joining', () => {
  test('the creator starts the meeting by coming in', async () => {
    const id = await app.meeting(host)
    const answer = await app.call(host, 'POST', `/meetings/${id}/join`, {})
    expect(answer).toMatchObject({
      status: 200,
      data: {
        meeting_id: id,
        participant_id: expect.any(Number),
        peer_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        role: 'host',
        status: 'online',
        room_url: expect.stringMatching(new RegExp(`/meetings/${id}/room$`)),
      },
    })
    const [stun, turn] = answer.data.ice_servers
    expect(stun).toEqual({ urls: ['stun:s'] })
    expect(turn).toMatchObject({ urls: ['turn:t'], username: expect.stringMatching(new RegExp(`^\\d+:${host.id}$`)) })
    expect((await app.call(host, 'GET', `/meetings/${id}`)).data).toMatchObject({ status: 'ongoing', online_count: 1 })
    // A second time is the same place.
    expect((await app.call(host, 'POST', `/meetings/${id}/join`)).data.peer_id).toBe(answer.data.peer_id)
  })

  test('others wait for the host, and come in when the meeting starts', async () => {
    const id = await app.meeting(host)
    const waits = await app.call(guest, 'POST', `/meetings/${id}/join`)
    expect(waits).toMatchObject({ status: 200, data: { status: 'waiting', waiting_for: 'host', role: 'participant' } })
    expect(await app.call(guest, 'GET', `/meetings/${id}/messages`)).toMatchObject({ status: 403 })
    expect(await app.call(host, 'POST', `/meetings/${id}/start`)).toMatchObject({
      status: 200,
      data: { meeting_id: id, status: 'ongoing', room_url: expect.any(String) },
    })
    const inside = await app.call(guest, 'POST', `/meetings/${id}/join`)
    expect(inside.data).toMatchObject({ status: 'online', peer_id: waits.data.peer_id })
  })

  test('the password is asked of everybody who was not named', async () => {
    const id = await app.meeting(host, { password: 'open sesame' })
    await app.call(host, 'POST', `/meetings/${id}/join`)
    for (const password of [undefined, null, '', 'wrong', 'Open sesame', 'x'.repeat(200)]) {
      const answer = await app.call(guest, 'POST', `/meetings/${id}/join`, { password })
      expect(answer).toMatchObject({ status: 403, code: 2004, message: '密码错误' })
    }
    expect((await app.call(guest, 'POST', `/meetings/${id}/join`, { password: 'open sesame' })).data.status).toBe(
      'online',
    )
    // Asked again, inside, it is not needed.
    expect((await app.call(guest, 'POST', `/meetings/${id}/join`)).status).toBe(200)
    await app.call(host, 'POST', `/meetings/${id}/participants`, { user_id: stranger.id })
    expect((await app.call(stranger, 'POST', `/meetings/${id}/join`)).data.status).toBe('online')
  })

  test('guessing passwords is slowed', async () => {
    const id = await app.meeting(host, { password: 'open' })
    const guesser = await app.person()
    for (let i = 0; i < 10; i++) await app.call(guesser, 'POST', `/meetings/${id}/join`, { password: `guess ${i}` })
    const answer = await app.call(guesser, 'POST', `/meetings/${id}/join`, { password: 'open' })
    expect(answer.status).toBe(429)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('a full meeting is 2003, and a place given up can be taken', async () => {
    const id = await app.meeting(host, { max_participants: 2 })
    await app.call(host, 'POST', `/meetings/${id}/join`)
    await app.call(guest, 'POST', `/meetings/${id}/join`)
    const answer = await app.call(stranger, 'POST', `/meetings/${id}/join`)
    expect(answer).toMatchObject({ status: 403, code: 2003, message: '会议已满' })
    expect(await app.call(guest, 'POST', `/meetings/${id}/leave`)).toMatchObject({ status: 200, data: null })
    expect((await app.call(stranger, 'POST', `/meetings/${id}/join`)).status).toBe(200)
  })

  test('an ended meeting is 2002, one that is not there 2001', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/join`)
    expect(await app.call(host, 'POST', `/meetings/${id}/end`)).toMatchObject({
      status: 200,
      data: { status: 'ended' },
    })
    for (const [method, path] of [
      ['POST', 'join'],
      ['POST', 'start'],
      ['POST', 'end'],
      ['POST', 'recording/start'],
    ] as const) {
      const answer = await app.call(host, method, `/meetings/${id}/${path}`)
      expect(answer, path).toMatchObject({ status: 400, code: 2002, message: '会议已结束' })
    }
    expect(await app.call(host, 'POST', `/meetings/${id}/messages`, { content: 'x' })).toMatchObject({ code: 2002 })
    expect((await app.call(host, 'GET', `/meetings/${id}/participants`)).data.participants[0].status).toBe('offline')
    expect(await app.call(guest, 'POST', '/meetings/2147483647/join')).toMatchObject({ status: 404, code: 2001 })
  })

  test('a locked meeting lets nobody new in', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/join`)
    await app.call(host, 'PUT', `/meetings/${id}`, { locked: true })
    expect(await app.call(guest, 'POST', `/meetings/${id}/join`)).toMatchObject({ status: 403, message: '会议已锁定' })
    await app.call(host, 'PUT', `/meetings/${id}`, { locked: false })
    expect((await app.call(guest, 'POST', `/meetings/${id}/join`)).status).toBe(200)
  })

  test('an admin can end a meeting it does not belong to', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/join`)
    expect(await app.call(admin, 'POST', `/meetings/${id}/end`)).toMatchObject({ status: 200 })
  })
})

describe('participants', () => {
  test('are listed with their names, roles and states', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/join`)
    await app.call(guest, 'POST', `/meetings/${id}/join`)
    const { data } = await app.call(guest, 'GET', `/meetings/${id}/participants`)
    expect(data.total).toBe(2)
    expect(data.participants).toMatchObject([
      { user_id: host.id, username: host.login, nickname: 'host', role: 'host', status: 'online', meeting_id: id },
      {
        user_id: guest.id,
        username: guest.login,
        role: 'participant',
        status: 'online',
        joined_at: expect.any(String),
      },
    ])
  })

  test('are added by hosts and moderators; who is not there is 1003', async () => {
    const id = await app.meeting(host)
    const added = await app.call(host, 'POST', `/meetings/${id}/participants`, { user_id: guest.id, role: 'moderator' })
    expect(added).toMatchObject({ status: 200, data: { user_id: guest.id, role: 'moderator', status: 'offline' } })
    const again = await app.call(host, 'POST', `/meetings/${id}/participants`, { user_id: guest.id })
    expect(again.data).toMatchObject({ participant_id: added.data.participant_id, role: 'moderator' })
    const unknown = await app.call(host, 'POST', `/meetings/${id}/participants`, { user_id: 2147483647 })
    expect(unknown).toMatchObject({ status: 404, code: 1003, message: '用户不存在' })
    expect((await app.call(guest, 'POST', `/meetings/${id}/participants`, { user_id: stranger.id })).status).toBe(200)
    const grab = await app.call(guest, 'POST', `/meetings/${id}/participants`, { user_id: admin.id, role: 'host' })
    expect(grab).toMatchObject({ status: 403 })
    expect((await app.call(guest, 'GET', '/my/meetings')).data.meetings[0].meeting_id).toBe(id)
  })

  test('who waits in the lobby is let in by being added, where there is a place', async () => {
    const id = await app.meeting(host, { max_participants: 2, settings: { enable_waiting_room: true } })
    const add = (user_id: number, role?: string) =>
      app.call(host, 'POST', `/meetings/${id}/participants`, { user_id, ...(role && { role }) })
    await app.call(host, 'POST', `/meetings/${id}/join`)
    for (const person of [guest, stranger]) {
      const waits = await app.call(person, 'POST', `/meetings/${id}/join`)
      expect(waits.data).toMatchObject({ status: 'waiting', waiting_for: 'lobby' })
    }
    expect((await add(guest.id)).data).toMatchObject({ user_id: guest.id, status: 'online', role: 'participant' })
    expect((await app.call(guest, 'POST', `/meetings/${id}/join`)).data.status).toBe('online')
    expect((await add(stranger.id, 'moderator')).data).toMatchObject({ status: 'waiting', role: 'moderator' })
    // Before the meeting goes on, nobody is let in.
    const later = await app.meeting(host, { settings: { enable_waiting_room: true } })
    await app.call(guest, 'POST', `/meetings/${later}/join`)
    const added = await app.call(host, 'POST', `/meetings/${later}/participants`, { user_id: guest.id })
    expect(added.data).toMatchObject({ status: 'waiting' })
    expect((await app.call(host, 'GET', `/meetings/${later}`)).data.status).toBe('scheduled')
  })

  test('who was taken out does not come back before being added again', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/join`)
    await app.call(guest, 'POST', `/meetings/${id}/join`)
    expect((await app.call(host, 'DELETE', `/meetings/${id}/participants/${guest.id}`)).status).toBe(200)
    expect(await app.call(guest, 'POST', `/meetings/${id}/join`)).toMatchObject({
      status: 403,
      message: '您已被移出会议',
    })
    expect(await app.call(guest, 'GET', `/meetings/${id}`)).toMatchObject({ status: 404, code: 2001 })
    expect(
      (await app.call(guest, 'GET', '/my/meetings')).data.meetings.map((one: Row) => one['meeting_id']),
    ).not.toContain(id)
    expect(await app.call(host, 'DELETE', `/meetings/${id}/participants/${guest.id}`)).toMatchObject({
      status: 404,
      code: 1003,
    })
    await app.call(host, 'POST', `/meetings/${id}/participants`, { user_id: guest.id })
    expect((await app.call(guest, 'POST', `/meetings/${id}/join`)).data.status).toBe('online')
  })

  test('the creator cannot be taken out, a moderator not by a moderator; one may go oneself', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/participants`, { user_id: guest.id, role: 'moderator' })
    await app.call(host, 'POST', `/meetings/${id}/participants`, { user_id: stranger.id, role: 'moderator' })
    expect((await app.call(guest, 'DELETE', `/meetings/${id}/participants/${host.id}`)).status).toBe(403)
    expect((await app.call(guest, 'DELETE', `/meetings/${id}/participants/${stranger.id}`)).status).toBe(403)
    expect((await app.call(host, 'DELETE', `/meetings/${id}/participants/${host.id}`)).status).toBe(403)
    expect((await app.call(guest, 'DELETE', `/meetings/${id}/participants/${guest.id}`)).status).toBe(200)
    expect((await app.call(guest, 'GET', `/meetings/${id}`)).status).toBe(404)
  })

  test('roles are the host’s to give; giving host away makes the giver a moderator', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/participants`, { user_id: guest.id })
    const path = `/meetings/${id}/participants/${guest.id}/role`
    expect((await app.call(host, 'PUT', path, { role: 'moderator' })).data.role).toBe('moderator')
    expect((await app.call(guest, 'PUT', path, { role: 'host' })).status).toBe(403)
    expect((await app.call(host, 'PUT', path, { role: 'emperor' })).status).toBe(400)
    expect(
      (await app.call(host, 'PUT', `/meetings/${id}/participants/${host.id}/role`, { role: 'participant' })).status,
    ).toBe(403)
    expect(
      await app.call(host, 'PUT', `/meetings/${id}/participants/${stranger.id}/role`, { role: 'moderator' }),
    ).toMatchObject({ status: 404, code: 1003 })
    expect((await app.call(host, 'PUT', path, { role: 'host' })).data.role).toBe('host')
    const { data } = await app.call(host, 'GET', `/meetings/${id}/participants`)
    expect(data.participants.map((one: Row) => [one['user_id'], one['role']])).toEqual([
      [host.id, 'moderator'],
      [guest.id, 'host'],
    ])
  })
})

describe('recordings', () => {
  test('are 503 with a sentence while nothing records, after the checks', async () => {
    const id = await app.meeting(host)
    const off = await app.meeting(host, { settings: { enable_recording: false } })
    expect(await app.call(host, 'POST', `/meetings/${id}/recording/start`)).toMatchObject({
      status: 503,
      message: expect.stringContaining('录制'),
    })
    expect(await app.call(host, 'POST', `/meetings/${id}/recording/stop`)).toMatchObject({ status: 503 })
    expect(await app.call(host, 'GET', `/meetings/${id}/recordings`)).toMatchObject({ status: 503 })
    expect(await app.call(host, 'POST', `/meetings/${off}/recording/start`)).toMatchObject({ status: 403 })
  })
})

describe('chat by REST', () => {
  test('is kept in order, paged from the newest, read by members alone', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/participants`, { user_id: guest.id })
    for (let i = 1; i <= 5; i++) {
      const who = i % 2 === 0 ? guest : host
      const answer = await app.call(who, 'POST', `/meetings/${id}/messages`, { content: `line ${i}` })
      expect(answer).toMatchObject({
        status: 200,
        data: { message_id: expect.any(Number), seq: i, timestamp: expect.any(String) },
      })
    }
    const all = await app.call(guest, 'GET', `/meetings/${id}/messages`)
    expect(all.data).toMatchObject({ total: 5, page: 1, page_size: 50 })
    expect(all.data.messages.map((one: Row) => [one['seq'], one['content'], one['user_id'], one['username']])).toEqual(
      [1, 2, 3, 4, 5].map((i) => [
        i,
        `line ${i}`,
        i % 2 === 0 ? guest.id : host.id,
        i % 2 === 0 ? guest.login : host.login,
      ]),
    )
    const page = await app.call(guest, 'GET', `/meetings/${id}/messages?page=2&page_size=2`)
    expect(page.data.messages.map((one: Row) => one['seq'])).toEqual([2, 3])
    const missed = await app.call(guest, 'GET', `/meetings/${id}/messages?after=3`)
    expect(missed.data.messages.map((one: Row) => one['seq'])).toEqual([4, 5])
    const older = await app.call(guest, 'GET', `/meetings/${id}/messages?before=3`)
    expect(older.data.messages.map((one: Row) => one['seq'])).toEqual([1, 2])
  })

  test('refuses what is no line, and what the settings forbid', async () => {
    const id = await app.meeting(host)
    for (const content of ['', '   ', 'x'.repeat(1001), 7, null, 'a\0b']) {
      expect((await app.call(host, 'POST', `/meetings/${id}/messages`, { content })).status).toBe(400)
    }
    expect((await app.call(host, 'POST', `/meetings/${id}/messages`, { content: '好'.repeat(1000) })).status).toBe(200)
    const off = await app.meeting(host, { settings: { enable_chat: false } })
    expect(await app.call(host, 'POST', `/meetings/${off}/messages`, { content: 'x' })).toMatchObject({
      status: 403,
      message: '会议已关闭聊天',
    })
  })
})
