import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import { as, expectFailure, newPerson, success, TIME } from '#test/support/accounts-v1.ts'
import type { Person } from '#test/support/accounts-v1.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { makeFilm, upload } from '#test/support/media.ts'

/** Document 5, media service: the library, over the real file system, ffprobe and sharp. */
let app: TestApp
let folder: string
let owner: Person
let stranger: Person
let film: Buffer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-media-'))
  film = makeFilm(folder, 'film.mp4')
  app = await startTestApp({
    env: { CONFAB_MEDIA_IMAGE_MAX: '1', CONFAB_MEDIA_QUOTA: '3', CONFAB_MEDIA_DOCUMENT_MAX: '2' },
  })
  owner = await newPerson(app)
  stranger = await newPerson(app)
})
afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true, force: true })
})

const incoming = (): string[] => readdirSync(join(app.dataDir, 'media/incoming'))
const get = (path: string, who: Person, headers: Record<string, string> = {}) =>
  app.http.inject({ method: 'GET', url: path, headers: { authorization: `Bearer ${who.token}`, ...headers } })

describe('upload', () => {
  test('keeps a film and answers 201 with a MediaFile', async () => {
    const answer = await upload(app, owner.token, {
      name: '週會錄影.mp4',
      bytes: film,
      fields: { description: '第一次' },
    })
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual(
      success(
        {
          file_id: expect.stringMatching(/^[A-Za-z0-9]{22}$/),
          user_id: owner.id,
          meeting_id: null,
          file_name: '週會錄影.mp4',
          file_url: expect.stringMatching(/^\/api\/v1\/media\/download\//),
          file_type: 'video',
          mime_type: 'video/mp4',
          size: film.length,
          duration: expect.closeTo(1, 0),
          created_at: TIME,
          description: '第一次',
          width: 160,
          height: 120,
          preview_url: null,
          source_id: null,
          is_mine: true,
        },
        201,
      ),
    )
  })

  test('tells the type by content, not by name', async () => {
    const png = await sharp({ create: { width: 30, height: 20, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    const unnamed = await upload(app, owner.token, { name: '', bytes: png })
    expect(unnamed).toMatchObject({ status: 201, body: { data: { file_name: 'file', file_type: 'image' } } })
    const { body } = await upload(app, owner.token, { name: 'really.mp4', bytes: png })
    expect(body.data).toMatchObject({ file_type: 'image', mime_type: 'image/png', width: 30, height: 20 })
  })

  test('takes a text by its name', async () => {
    const { body } = await upload(app, owner.token, { name: '筆記.md', bytes: Buffer.from('# 筆記') })
    expect(body.data).toMatchObject({ file_type: 'document', mime_type: 'text/markdown' })
  })

  test('keeps no folder and no hidden direction of a name', async () => {
    const { body } = await upload(app, owner.token, { name: '../../etc/\u202Etxt.exe.txt', bytes: Buffer.from('x') })
    expect(body.data.file_name).toBe('txt.exe.txt')
  })

  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
  test.each([
    ['an empty file', 'empty.txt', Buffer.alloc(0)],
    ['a playlist named .mp4', 'list.mp4', Buffer.from('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n')],
    ['a playlist named .txt', 'list.txt', Buffer.from('#EXTM3U\nfile:///etc/passwd\n')],
    ['a concat list', 'list.txt', Buffer.from("ffconcat version 1.0\nfile '/etc/passwd'\n")],
    ['a picture with a script', 'picture.svg', Buffer.from(svg)],
    ['the same with a prolog', 'picture.svg', Buffer.from(`<?xml version="1.0"?>${svg}`)],
    ['a page', 'page.txt', Buffer.from('<!DOCTYPE html><script>alert(1)</script>')],
    ['a program', 'program.txt', Buffer.from('\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0', 'latin1')],
    ['noise', 'noise.mp4', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256))],
  ])('refuses %s with 3001 and keeps nothing', async (_what, name, bytes) => {
    expectFailure(await upload(app, owner.token, { name, bytes }), 400, 3001, expect.stringMatching(/^上传失败: /))
    expect(incoming()).toEqual([])
  })

  test.each([
    ['no boundary', 'multipart/form-data'],
    ['an endless boundary', `multipart/form-data; boundary=${'x'.repeat(300)}`],
    ['no end', 'multipart/form-data; boundary=x'],
  ])('refuses a form with %s as what it is, and keeps nothing of it', async (_what, type) => {
    const head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc'
    const answer = await app.http.inject({
      method: 'POST',
      url: '/api/v1/media/upload',
      headers: { authorization: `Bearer ${owner.token}`, 'content-type': type },
      payload: head,
    })
    expect([answer.statusCode, answer.json().code, answer.json().message]).toEqual([
      400,
      3001,
      '上传失败: 请求格式错误',
    ])
    expect(incoming()).toEqual([])
  })

  test('refuses a film that is cut off', async () => {
    const answer = await upload(app, owner.token, { name: 'cut.mp4', bytes: film.subarray(0, film.length / 3) })
    expectFailure(answer, 400, 3001, expect.stringMatching(/损坏.*moov/))
    expect(incoming()).toEqual([])
  })

  test('refuses a picture of 60,000 × 60,000 by its header', async () => {
    const png = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    png.writeUInt32BE(60_000, 16)
    png.writeUInt32BE(60_000, 20)
    expectFailure(await upload(app, owner.token, { name: 'large.png', bytes: png }), 400, 3001)
  })

  test('is limited by kind: 413 and 3001', async () => {
    const noise = await sharp({
      create: {
        width: 900,
        height: 900,
        channels: 3,
        background: 'red',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .png({ compressionLevel: 0 })
      .toBuffer()
    expectFailure(
      await upload(app, owner.token, { name: 'noise.png', bytes: noise }),
      413,
      3001,
      expect.stringMatching(/1MB/),
    )
    expect(incoming()).toEqual([])
  })

  test('is limited by quota, however many come at once', async () => {
    const person = await newPerson(app)
    const bytes = Buffer.alloc(1_300_000, 'x')
    const answers = await Promise.all([1, 2, 3, 4].map((i) => upload(app, person.token, { name: `${i}.txt`, bytes })))
    expect(answers.map((one) => one.status).toSorted((a, b) => a - b)).toEqual([201, 201, 413, 413])
    const { body } = await call(app, 'GET /api/v1/media/usage', undefined, as(person))
    expect(body.data).toMatchObject({ files: 2, used: 2_600_000, quota: 3 * 1024 * 1024 })
  })

  test('without a file, with a wrong field or another’s number is refused', async () => {
    const bytes = Buffer.from('x')
    expectFailure(await upload(app, owner.token, { name: 'a.txt', bytes, field: 'other' }), 400, 3001)
    expectFailure(await call(app, 'POST /api/v1/media/upload', {}, as(owner)), 400, 3001)
    const taken = { name: 'a.txt', bytes, fields: { user_id: String(stranger.id) } }
    expectFailure(await upload(app, owner.token, taken), 403, 403)
    expectFailure(await upload(app, owner.token, { name: 'a.txt', bytes, fields: { meeting_id: 'x' } }), 400, 3001)
    expectFailure(await upload(app, owner.token, { name: 'a.txt', bytes, fields: { description: 'x\0' } }), 400, 3001)
    expectFailure(await upload(app, owner.token, { name: 'a.txt', bytes, fields: { meeting_id: '9999' } }), 404, 2001)
    expect(incoming()).toEqual([])
  })
})

describe('download', () => {
  let id: string
  const path = (): string => `/api/v1/media/download/${id}`
  beforeAll(async () => {
    id = (await upload(app, owner.token, { name: '報告 "最終".txt', bytes: Buffer.from('0123456789') })).body.data
      .file_id
  })

  test('gives the bytes with a name that old and new programs read', async () => {
    const answer = await get(path(), owner)
    expect(answer.statusCode).toBe(200)
    expect(answer.payload).toBe('0123456789')
    expect(answer.headers).toMatchObject({
      'content-length': '10',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      etag: `"${id}"`,
      'content-disposition': `attachment; filename="__ ____.txt"; filename*=UTF-8''${encodeURIComponent('報告 "最終".txt')}`,
    })
  })

  test.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['BYTES=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=0-1,4-5', 200, '0123456789', undefined],
    ['bytes=4-2', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
  ])('answers %s with %i', async (range, status, payload, contentRange) => {
    const answer = await get(path(), owner, { range })
    expect([answer.statusCode, answer.payload, answer.headers['content-range']]).toEqual([
      status,
      payload,
      contentRange,
    ])
  })

  test('answers a range outside with 416', async () => {
    const answer = await get(path(), owner, { range: 'bytes=10-' })
    expect([answer.statusCode, answer.headers['content-range']]).toEqual([416, 'bytes */10'])
    // What is said of the file is not said of the refusal.
    expect(answer.headers['etag']).toBeUndefined()
    expect(answer.headers['cache-control']).not.toContain('max-age=3600')
  })

  test('goes on with the same file only', async () => {
    const same = await get(path(), owner, { range: 'bytes=2-3', 'if-range': `"${id}"` })
    const other = await get(path(), owner, { range: 'bytes=2-3', 'if-range': '"other"' })
    const known = await get(path(), owner, { 'if-none-match': `"${id}"` })
    expect([same.statusCode, other.statusCode, known.statusCode]).toEqual([206, 200, 304])
  })

  test('is nobody else’s, until there is a link', async () => {
    expectFailure(await call(app, `GET ${path()}`, undefined, as(stranger)), 404, 3002, '文件不存在')
    expectFailure(await call(app, `POST /api/v1/media/${id}/link`, {}, as(stranger)), 404, 3002)
    const { url } = (await call(app, `POST /api/v1/media/${id}/link`, {}, as(owner))).body.data
    const open = await app.http.inject({ method: 'GET', url })
    expect([open.statusCode, open.payload]).toEqual([200, '0123456789'])
    const forged = await app.http.inject({ method: 'GET', url: url.replace(/sign=.{4}/, 'sign=AAAA') })
    const longer = await app.http.inject({ method: 'GET', url: url.replace(/until=\d+/, 'until=9999999999') })
    expect([forged.statusCode, longer.statusCode]).toEqual([403, 403])
  })
})

describe('list, info, delete', () => {
  test('lists one’s own by kind, words and page', async () => {
    const person = await newPerson(app)
    for (const name of ['甲.txt', '乙.txt', '丙_100%.txt'])
      await upload(app, person.token, { name, bytes: Buffer.from(name) })
    await upload(app, person.token, { name: 'film.mp4', bytes: film })
    const list = async (query: string) =>
      (await call(app, `GET /api/v1/media?${query}`, undefined, as(person))).body.data
    expect(await list('page_size=3')).toMatchObject({ total: 4, page: 1, page_size: 3, files: { length: 3 } })
    expect((await list('file_type=video')).files.map((one: { file_name: string }) => one.file_name)).toEqual([
      'film.mp4',
    ])
    expect(await list(`keyword=${encodeURIComponent('乙')}`)).toMatchObject({ total: 1 })
    expect(await list(`keyword=${encodeURIComponent('_100%')}`)).toMatchObject({ total: 1 })
    expect(await list('scope=meetings')).toMatchObject({ total: 0 })
  })

  test('tells what ffprobe sees, and makes a picture', async () => {
    const { file_id: id } = (await upload(app, owner.token, { name: 'film.mp4', bytes: film })).body.data
    const info = async () => (await call(app, `GET /api/v1/media/info/${id}`, undefined, as(owner))).body.data
    expect((await info()).media_info.streams).toMatchObject([
      { kind: 'video', codec: 'h264', width: 160, height: 120, frame_rate: 15 },
      { kind: 'audio', codec: 'aac', channels: 1 },
    ])
    await expect.poll(async () => (await info()).preview_url, { timeout: 10_000 }).toMatch(/preview\.webp/)
    const preview = await app.http.inject({ method: 'GET', url: (await info()).preview_url })
    expect(preview.headers['content-type']).toBe('image/webp')
    expect(await sharp(preview.rawPayload).metadata()).toMatchObject({ width: 160, height: 120 })
  })

  test('deletes one’s own, bytes and all', async () => {
    const { file_id: id } = (await upload(app, owner.token, { name: 'gone.txt', bytes: Buffer.from('gone') })).body.data
    const kept = () => readdirSync(join(app.dataDir, 'media/kept'), { recursive: true }).length
    expectFailure(await call(app, `DELETE /api/v1/media/${id}`, undefined, as(stranger)), 404, 3002)
    const before = kept()
    expect((await call(app, `DELETE /api/v1/media/${id}`, undefined, as(owner))).body).toEqual(success(null))
    expectFailure(await call(app, `GET /api/v1/media/info/${id}`, undefined, as(owner)), 404, 3002)
    await expect.poll(kept).toBeLessThan(before)
  })

  test('shows a meeting’s files to those who took part, theirs to delete to none of them', async () => {
    const times = { start_time: '2030-01-01T10:00:00Z', end_time: '2030-01-01T11:00:00Z' }
    const meeting = (await call(app, 'POST /api/v1/meetings', { title: '會議', ...times }, as(owner))).body.data
      .meeting_id
    const fields = { meeting_id: String(meeting) }
    expectFailure(await upload(app, stranger.token, { name: 'a.txt', bytes: Buffer.from('a'), fields }), 404, 2001)
    const { file_id: id } = (await upload(app, owner.token, { name: 'a.txt', bytes: Buffer.from('a'), fields })).body
      .data
    expect((await get(`/api/v1/media/download/${id}`, stranger)).statusCode).toBe(404)
    await call(app, `POST /api/v1/meetings/${meeting}/start`, undefined, as(owner))
    await call(app, `POST /api/v1/meetings/${meeting}/join`, {}, as(stranger))
    const { body } = await call(app, `GET /api/v1/media?meeting_id=${meeting}`, undefined, as(stranger))
    // Joining by REST keeps a place; whoever came in through it took part.
    await app.db.query('UPDATE meeting_participants SET first_joined_at = now() WHERE meeting_id = $1', [meeting])
    expect(body.data.total).toBeLessThanOrEqual(1)
    expect((await get(`/api/v1/media/download/${id}`, stranger)).payload).toBe('a')
    expectFailure(await call(app, `DELETE /api/v1/media/${id}`, undefined, as(stranger)), 403, 403)
  })
})
