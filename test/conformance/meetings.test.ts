import { describe, expect, test } from 'vitest'
import { startMeetings } from '#test/support/meetings.ts'
import type { Answer } from '#test/support/meetings.ts'
import { meetingsOfFile } from '#test/support/meetings-file.ts'

type Row = Record<string, unknown>

const { app, host, guest, stranger, admin } = await meetingsOfFile({
  settings: { stunUrls: ['stun:s'], turnUrls: ['turn:t'], turnSecret: 'secret' },
})

const PLAN = { title: 'Weekly', start_time: '2030-01-01T10:00:00Z', end_time: '2030-01-01T11:00:00Z' }

describe('POST /meetings', () => {
  test('answers 201 with the Meeting of the document, defaults filled in', async () => {
    const answer = await app.call(host, 'POST', '/meetings', PLAN)
    expect(answer).toMatchObject({ status: 201, code: 201, message: 'Success' })
    expect(answer.data).toMatchObject({
      meeting_id: expect.any(Number),
      title: 'Weekly',
      description: '',
      start_time: '2030-01-01T10:00:00Z',
      end_time: '2030-01-01T11:00:00Z',
      max_participants: 10,
      meeting_type: 'video',
      status: 'scheduled',
      creator_id: host.id,
      settings: {
        enable_recording: true,
        enable_chat: true,
        enable_screen_share: true,
        enable_waiting_room: false,
        mute_on_join: false,
      },
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      has_password: false,
      participant_count: 1,
      my_role: 'host',
    })
    expect(JSON.stringify(answer)).not.toMatch(/hash/)
  })

  test('keeps what is given', async () => {
    const settings = { enable_chat: false, enable_waiting_room: true }
    const { data } = await app.call(host, 'POST', '/meetings', {
      ...PLAN,
      start_time: '2030-01-01T18:00:00+08:00',
      description: 'About it',
      max_participants: 1000,
      meeting_type: 'audio',
      password: 'open',
      settings,
    })
    expect(data).toMatchObject({
      start_time: '2030-01-01T10:00:00Z',
      description: 'About it',
      max_participants: 1000,
      meeting_type: 'audio',
      has_password: true,
      settings: { ...settings, enable_recording: true },
    })
  })

  test('among the settings, what is none counts for nothing', async () => {
    const others = { unknown: true, creator_id: guest.id, max_participants: 100_000, status: 'ended', id: 1 }
    const made = await app.call(host, 'POST', '/meetings', { ...PLAN, settings: { enable_chat: false, ...others } })
    expect(made).toMatchObject({
      status: 201,
      data: { creator_id: host.id, max_participants: 10, status: 'scheduled' },
    })
    const { meeting_id: id, settings } = made.data as { meeting_id: number; settings: object }
    const changed = await app.call(host, 'PUT', `/meetings/${id}`, { settings: { enable_chat: true, ...others } })
    expect(changed.data).toEqual({
      ...(made.data as object),
      settings: { ...settings, enable_chat: true },
      updated_at: expect.any(String),
    })
  })

  test.each([
    ['no title', { title: undefined }, 'title'],
    ['an empty title', { title: '' }, 'title'],
    ['a blank title', { title: '  ' }, 'title'],
    ['a long title', { title: 'x'.repeat(101) }, 'title'],
    ['a title with NUL', { title: 'a\0b' }, 'title'],
    ['a title that is no text', { title: 7 }, 'title'],
    ['a long description', { description: 'x'.repeat(501) }, 'description'],
    ['no participants', { max_participants: 0 }, 'max_participants'],
    ['too many participants', { max_participants: 1001 }, 'max_participants'],
    ['half a participant', { max_participants: 1.5 }, 'max_participants'],
    ['an unknown type', { meeting_type: 'hologram' }, 'meeting_type'],
    ['a long password', { password: 'x'.repeat(51) }, 'password'],
    ['settings that are no object', { settings: 'all' }, 'settings'],
    ['a setting that is no flag', { settings: { enable_chat: 'yes' } }, 'enable_chat'],
    ['a start that is no time', { start_time: 'tomorrow' }, 'start_time'],
    ['a day that does not exist', { start_time: '2030-02-31T10:00:00Z' }, 'start_time'],
    ['an end before the start', { end_time: '2030-01-01T09:00:00Z' }, 'end_time'],
    ['an end at the start', { end_time: PLAN.start_time }, 'end_time'],
  ])('refuses %s with 400 and says which field', async (_, fields, named) => {
    const answer = await app.call(host, 'POST', '/meetings', { ...PLAN, ...fields })
    expect(answer).toMatchObject({ status: 400, code: 400, data: null, request_id: expect.any(String) })
    expect(answer.message).toMatch(/^请求错误: /)
    expect(answer.message).toContain(named)
  })

  test('needs somebody signed in', async () => {
    expect(await app.call(null, 'POST', '/meetings', PLAN)).toMatchObject({ status: 401, code: 401, message: '未认证' })
  })
})

describe('who may see and change a meeting', () => {
  test('GET answers those who belong to it; for others it does not exist', async () => {
    const id = await app.meeting(host)
    expect(await app.call(host, 'GET', `/meetings/${id}`)).toMatchObject({ status: 200, data: { meeting_id: id } })
    expect(await app.call(admin, 'GET', `/meetings/${id}`)).toMatchObject({ status: 200, data: { my_role: null } })
    const hidden = await app.call(stranger, 'GET', `/meetings/${id}`)
    expect(hidden).toMatchObject({ status: 404, code: 2001, message: '会议不存在', data: null })
    const none = await app.call(stranger, 'GET', '/meetings/2147483647')
    expect({ ...hidden, headers: 0, request_id: 0, timestamp: 0 }).toEqual({
      ...none,
      headers: 0,
      request_id: 0,
      timestamp: 0,
    })
    expect(await app.call(host, 'GET', '/meetings/abc')).toMatchObject({ status: 400 })
    expect(await app.call(host, 'GET', '/meetings/99999999999')).toMatchObject({ status: 400 })
  })

  test('everything else of it is just as hidden from strangers', async () => {
    const id = await app.meeting(host)
    for (const [method, path, body] of [
      ['PUT', '', { title: 'Mine' }],
      ['DELETE', ''],
      ['POST', '/start'],
      ['POST', '/end'],
      ['POST', '/leave'],
      ['GET', '/participants'],
      ['POST', '/participants', { user_id: stranger.id }],
      ['DELETE', `/participants/${host.id}`],
      ['PUT', `/participants/${host.id}/role`, { role: 'participant' }],
      ['POST', '/recording/start'],
      ['POST', '/recording/stop'],
      ['GET', '/recordings'],
      ['GET', '/messages'],
      ['POST', '/messages', { content: 'hello' }],
    ] as const) {
      const answer = await app.call(stranger, method, `/meetings/${id}${path}`, body)
      expect(answer, `${method} ${path}`).toMatchObject({ status: 404, code: 2001 })
    }
    for (const path of [
      `/sessions/room/${id}`,
      `/messages/history/${id}`,
      `/webrtc/room/${id}/peers`,
      `/webrtc/room/${id}/stats`,
    ]) {
      expect(await app.call(stranger, 'GET', path), path).toMatchObject({ status: 404, code: 2001 })
    }
  })

  test('PUT changes what is named, and takes the password away', async () => {
    const id = await app.meeting(host, { password: 'open', settings: { enable_chat: false } })
    const answer = await app.call(host, 'PUT', `/meetings/${id}`, {
      title: 'New',
      password: '',
      settings: { mute_on_join: true },
    })
    expect(answer).toMatchObject({
      status: 200,
      data: { title: 'New', has_password: false, settings: { enable_chat: false, mute_on_join: true } },
    })
    expect(await app.call(host, 'PUT', `/meetings/${id}`, { end_time: '2029-01-01T00:00:00Z' })).toMatchObject({
      status: 400,
    })
    expect((await app.call(host, 'PUT', `/meetings/${id}`, {})).data.title).toBe('New')
  })

  test('PUT takes a meeting as it was read', async () => {
    const path = `/meetings/${await app.meeting(host, { password: 'open' })}`
    const { data } = await app.call(host, 'GET', path)
    const sent = { ...(data as object), title: 'Changed' }
    expect((await app.call(host, 'PUT', path, sent)).data).toEqual({ ...sent, updated_at: expect.any(String) })
  })

  test('a participant may look, not change', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/participants`, { user_id: guest.id })
    expect((await app.call(guest, 'GET', `/meetings/${id}`)).data.my_role).toBe('participant')
    for (const [method, path, body] of [
      ['PUT', '', { title: 'Mine' }],
      ['DELETE', ''],
      ['POST', '/start'],
      ['POST', '/end'],
      ['POST', '/participants', { user_id: stranger.id }],
      ['DELETE', `/participants/${host.id}`],
      ['PUT', `/participants/${guest.id}/role`, { role: 'host' }],
      ['POST', '/recording/start'],
    ] as const) {
      const answer = await app.call(guest, method, `/meetings/${id}${path}`, body)
      expect(answer, `${method} ${path}`).toMatchObject({ status: 403, code: 403, message: '无权限' })
    }
  })

  test('DELETE is for the creator and admins, and leaves nothing', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/participants`, { user_id: guest.id, role: 'moderator' })
    expect(await app.call(guest, 'DELETE', `/meetings/${id}`)).toMatchObject({ status: 403 })
    expect(await app.call(host, 'DELETE', `/meetings/${id}`)).toMatchObject({ status: 200, data: null })
    expect(await app.call(host, 'GET', `/meetings/${id}`)).toMatchObject({ status: 404, code: 2001 })
    expect(await app.call(host, 'DELETE', `/meetings/${id}`)).toMatchObject({ status: 404, code: 2001 })
    const other = await app.meeting(host)
    expect(await app.call(admin, 'DELETE', `/meetings/${other}`)).toMatchObject({ status: 200 })
  })

  test('calling a meeting off ends it for good', async () => {
    const id = await app.meeting(host)
    expect(await app.call(host, 'PUT', `/meetings/${id}`, { status: 'ended' })).toMatchObject({
      status: 400,
      code: 400,
    })
    expect((await app.call(host, 'PUT', `/meetings/${id}`, { status: 'cancelled' })).data.status).toBe('cancelled')
    expect(await app.call(host, 'POST', `/meetings/${id}/join`)).toMatchObject({ status: 400, code: 2002 })
    expect(await app.call(host, 'PUT', `/meetings/${id}`, { title: 'x' })).toMatchObject({ status: 400, code: 2002 })
  })

  test('the preview tells strangers no title of a meeting with a password', async () => {
    const open = await app.meeting(host)
    const shut = await app.meeting(host, { password: 'open' })
    expect((await app.call(stranger, 'GET', `/meetings/${open}/preview`)).data).toMatchObject({
      title: 'Weekly',
      host_name: 'host',
      password_required: false,
    })
    expect((await app.call(stranger, 'GET', `/meetings/${shut}/preview`)).data).toMatchObject({
      title: null,
      host_name: null,
      start_time: null,
      password_required: true,
    })
    expect((await app.call(host, 'GET', `/meetings/${shut}/preview`)).data).toMatchObject({
      title: 'Weekly',
      password_required: false,
    })
  })
})

describe('lists', () => {
  test('hold what the caller made, joined or was named to, and nothing else', async () => {
    const me = await app.person('me')
    const made = await app.meeting(me, { title: 'Made by me 100%' })
    const joined = await app.meeting(host, {
      title: 'Joined',
      start_time: '2031-01-01T10:00:00Z',
      end_time: '2031-01-01T11:00:00Z',
    })
    await app.call(host, 'POST', `/meetings/${joined}/start`)
    await app.call(me, 'POST', `/meetings/${joined}/join`)
    const named = await app.meeting(host, {
      title: 'Named',
      start_time: '2029-01-01T10:00:00Z',
      end_time: '2029-01-01T11:00:00Z',
    })
    await app.call(host, 'POST', `/meetings/${named}/participants`, { user_id: me.id })
    await app.meeting(host, { title: 'Foreign' })
    const old = await app.meeting(me, {
      title: 'Old',
      start_time: '2020-01-01T10:00:00Z',
      end_time: '2020-01-01T11:00:00Z',
    })
    const ids = (answer: Answer): unknown[] => answer.data.meetings.map((one: Row) => one['meeting_id'])

    const all = await app.call(me, 'GET', '/meetings')
    expect(ids(all)).toEqual([joined, made, named, old])
    expect(all.data).toMatchObject({ total: 4, page: 1, page_size: 20 })
    expect(all.data.meetings[0]).toMatchObject({ participant_count: 2, my_role: 'participant' })
    expect(ids(await app.call(me, 'GET', '/my/meetings'))).toEqual([joined, made, named, old])
    expect(ids(await app.call(me, 'GET', '/my/meetings/upcoming'))).toEqual([named, made, joined])
    expect(ids(await app.call(me, 'GET', '/my/meetings/history'))).toEqual([old])
    expect(ids(await app.call(me, 'GET', '/meetings?page=2&page_size=3'))).toEqual([old])
    expect(ids(await app.call(me, 'GET', '/meetings?status=ongoing'))).toEqual([joined])
    expect(ids(await app.call(me, 'GET', '/meetings?keyword=made%20BY'))).toEqual([made])
    expect(ids(await app.call(me, 'GET', '/meetings?keyword=100%25'))).toEqual([made])
    expect(ids(await app.call(me, 'GET', '/meetings?keyword=_'))).toEqual([])
    for (const query of ['page=0', 'page_size=101', 'page_size=0', 'page=x', 'status=asleep']) {
      expect((await app.call(me, 'GET', `/meetings?${query}`)).status, query).toBe(400)
    }
    await app.call(host, 'POST', `/meetings/${joined}/end`)
    expect(ids(await app.call(me, 'GET', '/my/meetings/history'))).toEqual([joined, old])
  })
})

describe('limits', () => {
  test('are the document’s, per account, with Retry-After', async () => {
    const limited = await startMeetings({ routeLimits: true })
    try {
      const one = await limited.person()
      const other = await limited.person()
      const statuses: number[] = []
      for (let i = 0; i < 51; i++) statuses.push((await limited.call(one, 'POST', '/meetings', PLAN)).status)
      expect(statuses.slice(0, 50)).toEqual(Array(50).fill(201))
      const refused = await limited.call(one, 'POST', '/meetings', PLAN)
      expect(refused).toMatchObject({ status: 429, code: 429, message: '请求过多' })
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
      expect(refused.headers['ratelimit-limit']).toBe('50')
      expect((await limited.call(other, 'POST', '/meetings', PLAN)).status).toBe(201)
    } finally {
      await limited.close()
    }
  })
})
