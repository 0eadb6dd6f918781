import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import { as, expectFailure, newPerson } from '#test/support/accounts-v1.ts'
import type { Person } from '#test/support/accounts-v1.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

/** Document 5, recording service: both sets of routes over the whole product. */
let app: TestApp
let host: Person
let stranger: Person
beforeAll(async () => {
  app = await startTestApp()
  host = await newPerson(app)
  stranger = await newPerson(app)
})
afterAll(() => app.close())

async function newMeeting(settings: object = {}): Promise<number> {
  const times = { start_time: '2030-01-01T10:00:00Z', end_time: '2030-01-01T11:00:00Z' }
  return (await call(app, 'POST /api/v1/meetings', { title: '週會', ...times, settings }, as(host))).body.data
    .meeting_id
}
const post = (path: string, body: object, who = host) => call(app, `POST /api/v1/${path}`, body, as(who))
const get = async (path: string, who = host) => await call(app, `GET /api/v1/${path}`, undefined, as(who))

test('a recording is started by one set of routes and stopped by the other; of nothing, it fails with the reason', async () => {
  const meeting_id = await newMeeting()
  const started = await post('recording/start', { meeting_id, format: 'webm', layout: 'speaker', quality: 'low' })
  expect(started.body.data).toMatchObject({ meeting_id, status: 'recording', format: 'webm', layout: 'speaker' })
  expect(started.body.data).toMatchObject({ meeting_title: '週會', user_name: expect.stringMatching(/./) })
  const id = started.body.data.recording_id
  // Somebody who may come in, too, sees it before they do.
  const preview = async () => (await get(`meetings/${meeting_id}/preview`, stranger)).body.data
  expect(await preview()).toMatchObject({ recording: true, streaming: false })
  expectFailure(await post(`meetings/${meeting_id}/recording/start`, {}), 409, 409, '会议正在录制中')
  const stopped = await post(`meetings/${meeting_id}/recording/stop`, {})
  expect(stopped.body.data).toEqual({ recording_id: id })
  expect(await preview()).toMatchObject({ recording: false })
  expectFailure(await post('recording/stop', { meeting_id }), 409, 409, '会议未在录制')
  await expect.poll(async () => (await get(`recording/${id}`)).body.data.status, { timeout: 50_000 }).toBe('failed')
  expect((await get(`recording/${id}`)).body.data.error).toMatch(/Nobody sent/)
  expect((await get(`recording/list?meeting_id=${meeting_id}`)).body.data).toMatchObject({ total: 1, page: 1 })
  expect((await get(`meetings/${meeting_id}/recordings`)).body.data.recordings).toMatchObject([{ recording_id: id }])
  expectFailure(await get(`recording/${id}`, stranger), 404, 404)
  expect((await call(app, `DELETE /api/v1/recording/${id}`, undefined, as(host))).status).toBe(200)
  expectFailure(await get(`recording/${id}`), 404, 404)
})

test('a recording that is named is the one that is stopped, also once recording is turned off', async () => {
  const meeting_id = await newMeeting()
  const start = async () => (await post('recording/start', { meeting_id })).body.data.recording_id as string
  const first = await start()
  await post('recording/stop', { recording_id: first })
  const second = await start()
  expectFailure(await post('recording/stop', { recording_id: first }), 409, 409, '会议未在录制')
  expect((await get(`recording/${second}`)).body.data.status).toBe('recording')
  const off = { settings: { enable_recording: false } }
  expect((await call(app, `PUT /api/v1/meetings/${meeting_id}`, off, as(host))).status).toBe(200)
  expect((await post('recording/stop', { recording_id: second })).body.data).toMatchObject({ recording_id: second })
})

test('only hosts and moderators record, and only where it is turned on', async () => {
  const meeting_id = await newMeeting({ enable_recording: false })
  expectFailure(await post('recording/start', { meeting_id }), 403, 403, '会议未开启录制')
  expectFailure(await post('recording/start', { meeting_id: await newMeeting() }, stranger), 404, 2001)
  expectFailure(await post('recording/start', { meeting_id: 999_999 }), 404, 2001)
  expectFailure(await post('recording/stop', {}), 400, 400)
})
