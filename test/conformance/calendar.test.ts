import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { call, newClient } from '#test/support/workspace-client.ts'
import type { Client } from '#test/support/workspace-client.ts'

let app: TestApp
let admin: Client
let user: Client

beforeAll(async () => {
  app = await startTestApp()
  admin = await newClient(app, 'admin')
  user = await newClient(app)
})
afterAll(() => app.close())

const meeting = {
  title: 'Meeting with John',
  description: 'Discuss project details',
  start_time: '2025-05-08T09:00:00',
  end_time: '2025-05-08T10:00:00',
}
const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/
const UNAUTHORIZED = { message: '帳號尚未登入', data: {}, error: { code: 'E004_UNAUTHORIZED' } }

test('2.1 a schedule is created: 201 with the documented body', async () => {
  const { status, body } = await user.call('POST', '/api/schedules', { user_id: user.id, ...meeting })
  expect(status).toBe(201)
  expect(body).toMatchObject({ message: '活動建立成功', data: { user_id: user.id, ...meeting }, error: {} })
  expect(body.data.created_at).toMatch(LOCAL)
  expect(Number.isInteger(body.data.id)).toBe(true)
  // Asia/Taipei, unless the account says otherwise.
  expect(body.data.start_at).toBe('2025-05-08T01:00:00.000Z')
})

test('2.1 missing data: 404 E007', async () => {
  const failure = { message: '活動建立失敗，資料未提供', data: {}, error: { code: 'E007_NOT_FOUND' } }
  const { title: _title, ...untitled } = meeting
  for (const payload of [
    {},
    undefined,
    untitled,
    { ...meeting, title: '  ' },
    { ...meeting, start_time: '' },
    { title: 'x', start_time: meeting.start_time },
  ]) {
    expect(await user.call('POST', '/api/schedules', payload)).toEqual({ status: 404, body: failure })
  }
})

test('2.1 data of the wrong form: 401 E011 with empty times', async () => {
  const failure = {
    message: '活動建立失敗，資料格式錯誤',
    data: { reStartTime: '', reEndTime: '' },
    error: { code: 'E011_DATA_TYPE_ERROR' },
  }
  const wrong = [
    { start_time: 'tomorrow' },
    { start_time: 1715130000 },
    { title: 5 },
    { user_id: 'me' },
    { start_time: '2025-02-30T09:00:00' },
    { end_time: meeting.start_time },
    { end_time: '2025-05-08T08:00:00' },
    { end_time: '2125-05-08T08:00:00' },
    { title: 'x'.repeat(201) },
  ]
  for (const part of wrong) {
    expect(await user.call('POST', '/api/schedules', { ...meeting, ...part }), JSON.stringify(part)).toEqual({
      status: 401,
      body: failure,
    })
  }
})

test('2.1 a conflict: 409 with the times of what was hit; touching is none', async () => {
  const anna = await newClient(app)
  await anna.call('POST', '/api/schedules', meeting)
  const overlapping = { ...meeting, start_time: '2025-05-08 09:30:00', end_time: '2025-05-08 11:00:00' }
  expect(await anna.call('POST', '/api/schedules', overlapping)).toEqual({
    status: 409,
    body: {
      message: '活動建立失敗，時段重複',
      data: { reStartTime: '2025-05-08T09:00:00', reEndTime: '2025-05-08T10:00:00' },
      error: { code: 'E006_SCHEDULE_CONFLICT' },
    },
  })
  const touching = { ...meeting, start_time: meeting.end_time, end_time: '2025-05-08T11:00:00' }
  expect((await anna.call('POST', '/api/schedules', touching)).status).toBe(201)
  // The same moment by an offset.
  const utc = { ...meeting, start_time: '2025-05-08T01:30:00Z', end_time: '2025-05-08T01:45:00Z' }
  expect((await anna.call('POST', '/api/schedules', utc)).status).toBe(409)
})

test('50 requests at once for one hour: one 201, forty-nine 409', async () => {
  const anna = await newClient(app)
  const answers = await Promise.all(Array.from({ length: 50 }, () => anna.call('POST', '/api/schedules', meeting)))
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  const lost = answers.filter(({ status }) => status === 409)
  expect(lost).toHaveLength(49)
  for (const { body } of lost)
    expect(body.data).toEqual({ reStartTime: meeting.start_time, reEndTime: meeting.end_time })
})

test('nobody signed in: 401 E004 on every route', async () => {
  for (const [method, url, payload] of [
    ['POST', '/api/schedules', meeting],
    ['GET', '/api/schedules', undefined],
    ['PUT', '/api/schedules/1', meeting],
    ['DELETE', '/api/schedules/1', undefined],
  ] as const) {
    expect(await call(app, method, url, payload), `${method} ${url}`).toEqual({ status: 401, body: UNAUTHORIZED })
    expect(await call(app, method, url, payload, 'forged'), `${method} ${url}`).toEqual({
      status: 401,
      body: UNAUTHORIZED,
    })
  }
})

test('2.2 the list: 200 {schedule: […]}, narrowed by from and to', async () => {
  const anna = await newClient(app)
  const { body: made } = await anna.call('POST', '/api/schedules', meeting)
  const { status, body } = await anna.call('GET', `/api/schedules?user_id=${anna.id}`)
  expect(status).toBe(200)
  expect(body).toEqual({ message: '活動查詢成功', data: { schedule: [made.data] }, error: {} })
  expect((await anna.call('GET', '/api/schedules')).body.data.schedule).toHaveLength(1)
  const narrowed = async (from: string, to: string) =>
    (await anna.call('GET', `/api/schedules?from=${from}&to=${to}`)).body.data.schedule.length as number
  expect(await narrowed('2025-05-08T09:59:00', '2025-05-09T00:00:00')).toBe(1)
  expect(await narrowed('2025-05-08T10:00:00', '2025-05-09T00:00:00')).toBe(0)
  expect(await narrowed('2025-05-07T10:00:00', '2025-05-08T09:00:00')).toBe(0)
})

test('2.2 a failed query: 400 E007', async () => {
  const failure = { message: '活動查詢失敗', data: {}, error: { code: 'E007_NOT_FOUND' } }
  for (const query of ['user_id=x', 'user_id=-1', 'from=then', 'from=2025-05-08T10:00:00&to=2025-05-08T09:00:00']) {
    expect(await user.call('GET', `/api/schedules?${query}`), query).toEqual({ status: 400, body: failure })
  }
  expect(await admin.call('GET', '/api/schedules?user_id=2147483647')).toEqual({ status: 400, body: failure })
})

test('another’s calendar: 403 E005, but for an admin', async () => {
  for (const [method, url, payload] of [
    ['POST', '/api/schedules', { ...meeting, user_id: admin.id }],
    ['GET', `/api/schedules?user_id=${admin.id}`, undefined],
  ] as const) {
    const { status, body } = await user.call(method, url, payload)
    expect([status, body.error.code]).toEqual([403, 'E005_FORBIDDEN'])
  }
  const ben = await newClient(app)
  const made = await admin.call('POST', '/api/schedules', { ...meeting, user_id: ben.id })
  expect([made.status, made.body.data.user_id]).toEqual([201, ben.id])
  expect((await admin.call('GET', `/api/schedules?user_id=${ben.id}`)).body.data.schedule).toHaveLength(1)
  expect((await admin.call('POST', '/api/schedules', { ...meeting, user_id: 2147483647 })).status).toBe(404)
})

test('2.3 an update: 200, all or a part', async () => {
  const anna = await newClient(app)
  const { body: made } = await anna.call('POST', '/api/schedules', meeting)
  const update = {
    title: 'Updated Meeting',
    description: 'Updated details',
    start_time: '2025-05-08T10:00:00',
    end_time: '2025-05-08T11:00:00',
  }
  expect(await anna.call('PUT', `/api/schedules/${made.data.id}`, update)).toEqual({
    status: 200,
    body: { message: '活動更新成功', data: {}, error: {} },
  })
  await anna.call('PUT', `/api/schedules/${made.data.id}`, { title: 'Again' })
  const { body } = await anna.call('GET', '/api/schedules')
  expect(body.data.schedule[0]).toMatchObject({ ...update, title: 'Again' })
})

test('2.3 whatever is wrong with an update: 400 E007', async () => {
  const failure = { message: '活動更新失敗', data: {}, error: { code: 'E007_NOT_FOUND' } }
  const { body: made } = await user.call('POST', '/api/schedules', {
    ...meeting,
    start_time: '2025-06-01T09:00:00',
    end_time: '2025-06-01T10:00:00',
  })
  const own = `/api/schedules/${made.data.id}`
  for (const [url, payload] of [
    ['/api/schedules/2147483647', { title: 'x' }],
    ['/api/schedules/0', { title: 'x' }],
    ['/api/schedules/abc', { title: 'x' }],
    [own, {}],
    [own, undefined],
    [own, { title: ' ' }],
    [own, { title: 7 }],
    [own, { start_time: 'then' }],
    [own, { end_time: '2025-06-01T08:00:00' }],
  ] as const) {
    expect(await user.call('PUT', url, payload), `${url} ${JSON.stringify(payload)}`).toEqual({
      status: 400,
      body: failure,
    })
  }
  const other = await newClient(app)
  expect(await other.call('PUT', own, { title: 'mine' })).toEqual({ status: 400, body: failure })
})

test('2.3 an update into a conflict: 409', async () => {
  const anna = await newClient(app)
  await anna.call('POST', '/api/schedules', meeting)
  const { body: made } = await anna.call('POST', '/api/schedules', {
    ...meeting,
    start_time: '2025-05-08T12:00:00',
    end_time: '2025-05-08T13:00:00',
  })
  expect(
    await anna.call('PUT', `/api/schedules/${made.data.id}`, {
      start_time: '2025-05-08T09:15:00',
      end_time: '2025-05-08T09:30:00',
    }),
  ).toEqual({
    status: 409,
    body: {
      message: '活動更新失敗，時段重複',
      data: { reStartTime: '2025-05-08T09:00:00', reEndTime: '2025-05-08T10:00:00' },
      error: { code: 'E006_SCHEDULE_CONFLICT' },
    },
  })
})

test('2.4 a deletion: 200; not there, not yours, no number: 400 E007', async () => {
  const anna = await newClient(app)
  const { body: made } = await anna.call('POST', '/api/schedules', meeting)
  const url = `/api/schedules/${made.data.id}`
  const failure = { status: 400, body: { message: '活動刪除失敗', data: {}, error: { code: 'E007_NOT_FOUND' } } }
  expect(await user.call('DELETE', url)).toEqual(failure)
  expect(await anna.call('DELETE', url)).toEqual({
    status: 200,
    body: { message: '活動刪除成功', data: {}, error: {} },
  })
  expect(await anna.call('DELETE', url)).toEqual(failure)
  expect(await anna.call('DELETE', '/api/schedules/abc')).toEqual(failure)
})

test('the clock is the account’s own, and can be changed', async () => {
  const anna = await newClient(app)
  await anna.call('POST', '/api/schedules', {
    ...meeting,
    start_time: '2025-03-30T08:30:00',
    end_time: '2025-03-30T10:30:00',
  })
  expect((await anna.call('PUT', '/api/v1/users/profile', { time_zone: 'Europe/Berlin' })).status).toBe(200)
  const { body } = await anna.call('GET', '/api/schedules')
  // 00:30 to 02:30 UTC: summer time began between them.
  expect(body.data.schedule[0]).toMatchObject({ start_time: '2025-03-30T01:30:00', end_time: '2025-03-30T04:30:00' })
  // 02:30 does not exist that day, so that 03:30 is meant, which is taken.
  const skipped = { ...meeting, start_time: '2025-03-30T02:30:00', end_time: '2025-03-30T02:45:00' }
  expect((await anna.call('POST', '/api/schedules', skipped)).status).toBe(409)
})

test('what a schedule would hit is told before it is saved; busy times of others without what they are', async () => {
  const anna = await newClient(app)
  const { body: made } = await anna.call('POST', '/api/schedules', meeting)
  const query = 'start_time=2025-05-08T09:30:00&end_time=2025-05-08T12:00:00'
  const { body } = await anna.call('GET', `/api/schedules/conflicts?${query}`)
  expect(body.data.schedule.map((one: { id: number }) => one.id)).toEqual([made.data.id])
  expect(
    (await anna.call('GET', `/api/schedules/conflicts?${query}&except=${made.data.id}`)).body.data.schedule,
  ).toEqual([])
  const { body: busy } = await user.call(
    'GET',
    `/api/schedules/busy?user_ids=${anna.id}&from=2025-05-08T00:00:00&to=2025-05-09T00:00:00`,
  )
  expect(busy.data.busy).toEqual([
    { user_id: anna.id, start_at: '2025-05-08T01:00:00.000Z', end_at: '2025-05-08T02:00:00.000Z' },
  ])
})

test('a method that a path does not have is 404 in the workspace envelope', async () => {
  const { status, body } = await user.call('PUT', '/api/schedules', {})
  expect([status, body.error.code]).toEqual([404, 'E007_NOT_FOUND'])
})
