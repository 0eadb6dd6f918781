import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import { as, expectFailure, newPerson } from '#test/support/accounts-v1.ts'
import type { Person } from '#test/support/accounts-v1.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

/** Document 5, streaming service, over the whole product. */
let app: TestApp
let host: Person
let guest: Person
let stranger: Person
beforeAll(async () => {
  app = await startTestApp()
  ;[host, guest, stranger] = [await newPerson(app), await newPerson(app), await newPerson(app)]
})
afterAll(() => app.close())

async function meetingWithGuest(): Promise<number> {
  const times = { start_time: '2030-01-01T10:00:00Z', end_time: '2030-01-01T11:00:00Z' }
  const made = await call(app, 'POST /api/v1/meetings', { title: '週會', ...times }, as(host))
  const { meeting_id } = made.body.data
  await call(app, `POST /api/v1/meetings/${meeting_id}/start`, {}, as(host))
  await call(app, `POST /api/v1/meetings/${meeting_id}/join`, {}, as(guest))
  return meeting_id
}
const post = (path: string, body: object, who = host) => call(app, `POST /api/v1/streaming/${path}`, body, as(who))
const get = (path: string, who = host) => call(app, `GET /api/v1/streaming/${path}`, undefined, as(who))

test('a host streams, those who take part see it, whoever has the link watches', { timeout: 60_000 }, async () => {
  const meeting_id = await meetingWithGuest()
  expectFailure(await post('start', { meeting_id, stream_type: 'hls' }, guest), 403, 403)
  expectFailure(await post('start', { meeting_id, stream_type: 'hls' }, stranger), 404, 2001)
  const started = await post('start', { meeting_id, stream_type: 'hls', quality: 'low' })
  expect(started.status).toBe(200)
  expect(started.body.data).toMatchObject({ status: 'starting', stream_type: 'hls', rtmp_target: null })
  const { stream_id, hls_url, watch_url } = started.body.data
  expectFailure(await post('start', { meeting_id, stream_type: 'hls' }), 409, 409, '会议正在推流中')
  const status = async () => (await get(`${stream_id}/status`, guest)).body.data
  await expect.poll(async () => (await status()).status, { timeout: 30_000 }).toBe('live')
  const measured = await status()
  expect(measured).toMatchObject({ stream_id, width: 640, height: 360, reconnects: 0 })
  expect(measured.duration).toBeGreaterThan(0)
  expectFailure(await get(`${stream_id}/status`, stranger), 404, 404, '推流不存在')
  expect((await get(`list?meeting_id=${meeting_id}`, guest)).body.data.streams).toMatchObject([{ stream_id }])
  expectFailure(await get(`list?meeting_id=${meeting_id}`, stranger), 404, 2001)

  const playlist = async () => await app.http.inject({ url: hls_url })
  await expect.poll(async () => (await playlist()).statusCode, { timeout: 30_000 }).toBe(200)
  const { body, headers } = await playlist()
  expect(headers['content-type']).toBe('application/vnd.apple.mpegurl')
  const segment = body.split('\n').find((line) => line.endsWith('.ts')) ?? ''
  const bytes = await app.http.inject({ url: hls_url.replace('index.m3u8', segment) })
  expect([bytes.statusCode, bytes.headers['content-type'], bytes.rawPayload[0]]).toEqual([200, 'video/mp2t', 0x47])
  const info = await app.http.inject({ url: hls_url.replace('/index.m3u8', '') })
  expect(info.json()).toMatchObject({ stream_id, title: '週會', status: 'live', hls_url })
  expect(watch_url).toBe(hls_url.replace('/streams/', '/watch/').replace('/index.m3u8', ''))

  for (const bad of [
    hls_url.replace(/\.([A-Za-z0-9_-]+)\//, '.forged/'),
    hls_url.replace(/\/\d+\./, '/1.'),
    hls_url.replace(stream_id, 'another'),
  ]) {
    expect((await app.http.inject({ url: bad })).statusCode).toBe(403)
  }
  for (const outside of ['..%2f..%2fsecret', 'other.txt', '%2e%2e']) {
    const answer = await app.http.inject({ url: hls_url.replace('index.m3u8', outside) })
    expect(answer.statusCode).not.toBe(200)
  }

  expectFailure(await post('stop', { stream_id }, guest), 403, 403)
  expect((await post('stop', { stream_id })).body.data).toMatchObject({ stream_id, status: 'ended', error: null })
  expect((await status()).status).toBe('ended')
  expectFailure(await post('stop', { meeting_id }), 409, 409, '会议未在推流')
})

test('where RTMP may not go is refused before anything begins', async () => {
  const meeting_id = await meetingWithGuest()
  const start = (rtmp_url?: string) => post('start', { meeting_id, stream_type: 'rtmp', ...(rtmp_url && { rtmp_url }) })
  for (const bad of [
    undefined,
    'http://example.com/live/key',
    'file:///etc/passwd',
    'rtmp:///live/key',
    'rtmp://example.com/key',
    'rtmp://example.com/live/',
    'rtmp://user:pass@example.com/live/key',
    'rtmp://example.com/live/key swfUrl=x',
    'nothing',
  ]) {
    expectFailure(await start(bad), 400, 400)
  }
  for (const closed of [
    'rtmp://127.0.0.1/live/key',
    'rtmp://localhost:1935/live/key',
    'rtmp://[::1]/live/key',
    'rtmp://[::ffff:7f00:1]/live/key',
    'rtmps://169.254.169.254/live/key',
    'rtmp://10.1.2.3/live/key',
    'rtmp://0x7f.1/live/key',
    'rtmp://2130706433/live/key',
  ]) {
    expectFailure(await start(closed), 400, 400, '请求错误: rtmp_url 指向不允许的地址')
  }
  expect((await get(`list?meeting_id=${meeting_id}`)).body.data.streams).toEqual([])
  expectFailure(await post('stop', {}), 400, 400)
})
