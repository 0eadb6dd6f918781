import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { connectLive } from '#test/support/live-client.ts'
import { formOf } from '#test/support/media.ts'
import { newClient } from '#test/support/workspace-client.ts'
import type { Client } from '#test/support/workspace-client.ts'

/** Files in messages: the library keeps them, the message opens them to the room. */
let app: TestApp
let anna: Client
let ben: Client
let stranger: Client
let roomId: number
let picture: Buffer

beforeAll(async () => {
  app = await startTestApp({ listen: true, env: { CONFAB_MEDIA_DOCUMENT_MAX: '1' } })
  anna = await newClient(app, 'anna')
  ben = await newClient(app, 'ben')
  stranger = await newClient(app, 'stranger')
  const { body } = await anna.call('POST', '/api/groups', { name: 'Files', user_ids: [ben.id] })
  roomId = body.group.id as number
  picture = await sharp({ create: { width: 900, height: 600, channels: 3, background: '#48a' } })
    .jpeg()
    .toBuffer()
})
afterAll(() => app.close())

async function send(who: Client, name: string, bytes: Buffer, room = roomId) {
  const { type, body } = formOf({ name, bytes })
  const headers = { authorization: `Bearer ${who.token}`, 'content-type': type }
  const answer = await app.http.inject({ method: 'POST', url: `/api/groups/${room}/files`, headers, payload: body })
  return { status: answer.statusCode, body: answer.json() }
}
const uploaded = async (who: Client, name: string, bytes: Buffer): Promise<string> =>
  (await send(who, name, bytes)).body.data.id as string
const bring = (who: Client, ids: readonly string[], content?: string) =>
  who.call('POST', '/api/messages', { chat_room_id: roomId, file_ids: ids, ...(content !== undefined && { content }) })
const fetchFile = (who: Client | undefined, url: string, headers: Record<string, string> = {}) =>
  app.http.inject({ method: 'GET', url, headers: { ...headers, ...(who && { authorization: `Bearer ${who.token}` }) } })

test('a file is uploaded, brought by a message, and heard by members with what it is', async () => {
  const live = connectLive(app.url, ben.token)
  await live.waitFor('ready')
  const up = await send(anna, '白板 1.jpg', picture)
  expect(up).toMatchObject({
    status: 201,
    body: {
      data: { name: '白板 1.jpg', kind: 'image', mime: 'image/jpeg', size: picture.length, width: 900, height: 600 },
    },
  })
  const text = await uploaded(anna, 'notes.txt', Buffer.from('一、二、三'))
  const { status, body } = await bring(anna, [up.body.data.id, text])
  expect(status).toBe(201)
  expect(body.message_data).toMatchObject({ content: '', files: [up.body.data, { id: text, kind: 'document' }] })
  const heard = await live.waitFor('message', ({ message }) => message.id === body.message_data.id)
  expect(heard.message.files.map(({ name }) => name)).toEqual(['白板 1.jpg', 'notes.txt'])
  const room = await ben.call('GET', `/api/groups/${roomId}`)
  expect(room.body.data.last_message).toMatchObject({ content: '', file_name: '白板 1.jpg' })
  live.close()
})

test('search finds a message by the names of its files, in Chinese too, as long as it brings them', async () => {
  const words = await uploaded(anna, '第四季產品路線圖 ＦＩＮＡＬ.txt', Buffer.from('1'))
  const other = await uploaded(anna, 'minutes.txt', Buffer.from('2'))
  const { body } = await bring(anna, [other, words], '請過目')
  const id = body.message_data.id as number
  const find = async (who: Client, q: string): Promise<number[]> => {
    const { body: found } = await who.call('GET', `/api/messages/search?q=${encodeURIComponent(q)}`)
    return (found.data.messages as { id: number }[]).map((one) => one.id)
  }
  for (const q of ['路線圖', '圖 final', 'MINUTES', '過目', '圖']) expect(await find(ben, q), q).toEqual([id])
  // Names and words do not run into each other.
  expect(await find(ben, '過目m')).toEqual([])
  expect(await find(stranger, '路線圖')).toEqual([])
  await anna.call('PUT', `/api/messages/${id}`, { content: '改好了' })
  expect(await find(ben, '路線圖')).toEqual([id])
  await anna.call('DELETE', `/api/messages/${id}`)
  expect(await find(ben, '路線圖')).toEqual([])
})

test('members read it whole, in part, small, and by a link of their own; nobody else', async () => {
  const id = await uploaded(anna, 'photo.jpg', picture)
  const { body } = await bring(anna, [id], '看這張')
  const path = `/api/messages/${body.message_data.id}/files/${id}`
  const whole = await fetchFile(ben, path)
  expect([whole.statusCode, whole.rawPayload.equals(picture)]).toEqual([200, true])
  expect(whole.headers['cache-control']).toBe('private, no-cache')
  expect((await fetchFile(ben, path, { 'if-none-match': String(whole.headers['etag']) })).statusCode).toBe(304)
  const part = await fetchFile(ben, path, { range: 'bytes=10-19' })
  expect([part.statusCode, part.rawPayload.equals(picture.subarray(10, 20))]).toEqual([206, true])
  await expect
    .poll(async () => (await fetchFile(ben, `${path}?preview=1`)).headers['content-type'], { timeout: 10_000 })
    .toBe('image/webp')
  const link = (await ben.call('POST', `${path}/link`)).body.data.url as string
  const opened = await fetchFile(undefined, link)
  expect([opened.statusCode, opened.headers['content-disposition']]).toEqual([200, expect.stringMatching(/^inline/)])
  expect((await fetchFile(undefined, `${link}&download=1`)).headers['content-disposition']).toMatch(/^attachment/)

  expect((await fetchFile(stranger, path)).statusCode).toBe(404)
  expect((await stranger.call('POST', `${path}/link`)).status).toBe(404)
  expect((await fetchFile(undefined, path)).statusCode).toBe(401)
  // A link says whose it is, and cannot be made another's or another file's.
  expect((await fetchFile(undefined, link.replace(`/${ben.id}/`, `/${anna.id}/`))).statusCode).toBe(403)
  const other = await uploaded(anna, 'other.jpg', picture)
  expect((await fetchFile(undefined, link.replace(id, other))).statusCode).toBe(403)
  expect((await fetchFile(ben, path.replace(id, other))).statusCode).toBe(404)
})

test('who leaves, and everybody once the message is deleted, sees it no more, links included', async () => {
  const carl = await newClient(app, 'carl')
  await anna.call('POST', `/api/groups/${roomId}/members`, { user_id: carl.id })
  const id = await uploaded(carl, 'photo.jpg', picture)
  const { body } = await bring(carl, [id])
  const messageId = body.message_data.id as number
  const path = `/api/messages/${messageId}/files/${id}`
  const [bens, carls] = await Promise.all(
    [ben, carl].map(async (who) => (await who.call('POST', `${path}/link`)).body.data.url as string),
  )
  await carl.call('DELETE', `/api/groups/${roomId}/members/${carl.id}`)
  expect((await fetchFile(carl, path)).statusCode).toBe(404)
  expect((await fetchFile(undefined, carls ?? '')).statusCode).toBe(404)
  expect((await fetchFile(undefined, bens ?? '')).statusCode).toBe(200)

  expect((await anna.call('DELETE', `/api/messages/${messageId}`)).status).toBe(200)
  expect((await fetchFile(ben, path)).statusCode).toBe(404)
  expect((await fetchFile(undefined, bens ?? '')).statusCode).toBe(404)
  expect((await ben.call('GET', `/api/messages/${messageId}`)).body.data.files).toEqual([])
  // It is still its owner's.
  expect((await fetchFile(carl, `/api/v1/media/download/${id}`)).statusCode).toBe(200)
})

test('bad input: others’ files, none such, too many, neither words nor files, markup, too large, no room', async () => {
  const id = await uploaded(ben, 'notes.txt', Buffer.from('notes'))
  expect((await bring(anna, [id])).body.error.code).toBe('E007_NOT_FOUND')
  expect((await bring(ben, ['nosuchfile'])).status).toBe(404)
  expect(
    (
      await bring(
        ben,
        Array.from({ length: 11 }, (_, at) => `file${at}`),
      )
    ).body.error.code,
  ).toBe('E016_TOO_MANY')
  expect((await bring(ben, [])).body.error.code).toBe('E012_MISSING_FIELDS')
  expect((await send(ben, 'x.html', Buffer.from('<html><script>1</script>'))).status).toBe(400)
  expect((await send(ben, 'empty.txt', Buffer.alloc(0))).status).toBe(400)
  expect((await send(ben, 'large.txt', Buffer.alloc(1_200_000, 'a'))).status).toBe(413)
  expect((await send(stranger, 'notes.txt', Buffer.from('notes'))).status).toBe(404)
  expect((await ben.call('POST', `/api/groups/${roomId}/files`, { file: 'x' })).body.error.code).toBe(
    'E012_MISSING_FIELDS',
  )
  // Words may go from a message that brings a file, and from no other.
  const { body } = await bring(ben, [id], 'words')
  const messageId = body.message_data.id as number
  expect((await ben.call('PUT', `/api/messages/${messageId}`, { content: '' })).body.data.content).toBe('')
  const bare = await ben.call('POST', '/api/messages', { chat_room_id: roomId, content: 'words' })
  expect((await ben.call('PUT', `/api/messages/${bare.body.message_data.id}`, { content: ' ' })).status).toBe(400)
})
