import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { meetingsOfFile } from '#test/support/meetings-file.ts'

const { app, host, guest } = await meetingsOfFile({ rateLimits: true, pingMs: 100 })
const id = await app.meeting(host)
const witness = await app.enter(host, id)

describe('hostile frames', () => {
  test.each([
    ['nothing', ''],
    ['no JSON', '{"type":'],
    ['a text', '"join"'],
    ['a number', '17'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no type', '{"data":{}}'],
    ['a type that is no text', '{"type":{"toString":1}}'],
    ['a very long type', JSON.stringify({ type: 'x'.repeat(1000) })],
    ['an unknown type', '{"type":"explode"}'],
    ['the name of a prototype’s property', '{"type":"constructor"}'],
    ['__proto__', '{"type":"__proto__","data":{"__proto__":{"a":1}}}'],
    ['a type only the server sends', '{"type":"user-left","data":{"user_id":1}}'],
    ['a target that is no number', '{"type":"offer","to":"everybody","data":{}}'],
    ['a negative target', '{"type":"offer","to":-1,"data":{}}'],
    ['an offer without SDP', '{"type":"offer"}'],
    ['SDP that is a list', '{"type":"offer","data":{"sdp":[]}}'],
    ['a candidate that is a number', '{"type":"ice-candidate","data":{"candidate":1}}'],
    [
      'a candidate of a thousand lines',
      JSON.stringify({ type: 'ice-candidate', data: { candidate: 'a'.repeat(3000) } }),
    ],
    ['media states that are texts', '{"type":"media-state","data":{"audio_enabled":"yes"}}'],
    ['chat without content', '{"type":"chat","data":{}}'],
    ['a list as data', '{"type":"hand","data":[1]}'],
    ['a role that is none', '{"type":"role","data":{"user_id":1,"role":"god"}}'],
    ['bytes', randomBytes(200)],
    ['deep nesting', '['.repeat(20_000)],
    ['lone surrogates', '{"type":"\\ud800"}'],
    ['chat with half a character', '{"type":"chat","data":{"content":"a\\ud83d"}}'],
    ['chat with a NUL', '{"type":"chat","data":{"content":"a\\u0000"}}'],
    [
      'a list in a list in a list …',
      `{"type":"reaction","data":{"emoji":"x","more":${'['.repeat(9_000)}${']'.repeat(9_000)}}}`,
    ],
    ['the same for somebody', `{"type":"offer","to":${host.id},"data":${'['.repeat(9_000)}${']'.repeat(9_000)}}`],
  ])('%s: an error frame, and the socket stays', async (_, text) => {
    const client = await app.enter(guest, id)
    client.raw(text)
    expect((await client.next('error')).data).toMatchObject({ code: 'INVALID_MESSAGE', message: expect.any(String) })
    await client.settle()
    client.socket.terminate()
  })

  test('another meeting’s number: INVALID_ROOM', async () => {
    const client = await app.enter(guest, id)
    client.raw(JSON.stringify({ type: 'chat', meeting_id: id + 1, data: { content: 'x' } }))
    expect((await client.next('error')).data).toMatchObject({ code: 'INVALID_ROOM' })
    client.socket.terminate()
  })

  test('odd but harmless data is relayed and kept as it is', async () => {
    const client = await app.enter(guest, id)
    const data = { sdp: 'x\0y', lone: '\ud800', nested: { __proto__: null, deep: [[[]]] } }
    client.raw(JSON.stringify({ type: 'offer', to: host.id, data }))
    expect((await witness.next('offer')).data).toMatchObject({ sdp: 'x\0y' })
    const { data: kept } = await app.call(guest, 'GET', `/messages/history/${id}`)
    expect(kept.messages.at(-1)).toMatchObject({ type: 'offer', from: guest.id, to: host.id, data: { sdp: 'x\0y' } })
    client.socket.terminate()
  })

  test('a frame over 64 KiB closes with 1009; one just under is taken', async () => {
    const client = await app.enter(guest, id)
    const fits = JSON.stringify({ type: 'ping', data: { pad: '' } })
    client.raw(fits.replace('""', `"${'x'.repeat(65_536 - fits.length)}"`))
    await client.next('pong')
    client.raw(`{"type":"ping","data":{"pad":"${'x'.repeat(65_536)}"}}`)
    expect(await client.closed).toBe(1009)
  })

  test('a flood is dropped, told, and at last closed; nobody else notices', async () => {
    const client = await app.enter(guest, id)
    for (let i = 0; i < 2_000; i++) client.raw('{"type":"reaction","data":{"emoji":"x"}}')
    expect((await client.next('error')).data).toMatchObject({ code: 'TOO_MANY_FRAMES' })
    expect(await client.closed).toBe(1008)
    await witness.settle()
    const reactions = witness.frames.filter((frame) => frame.type === 'reaction').length
    expect(reactions).toBeGreaterThan(100)
    expect(reactions).toBeLessThan(700)
  })

  test('a socket whose token is revoked is closed at once', async () => {
    const revoked = await app.person()
    const other = await app.enter(guest, id)
    const client = await app.enter(revoked, id)
    app.bus.publish('accounts.access.revoked', {
      accountId: revoked.id,
      sessionIds: [`session-${revoked.id}`],
      apiKey: false,
      reason: 'logout',
    })
    expect(await client.closed).toBe(4401)
    await other.settle()
    other.socket.terminate()
  })

  test('a peer that answers no pings is let go after three', async () => {
    const { joined } = await app.enter(guest, id).then((client) => {
      client.socket.terminate()
      return client
    })
    // A client by hand, which never answers anything.
    const path = `/ws/signaling?meeting_id=${id}&session_id=${joined.session_id}&token=${guest.token}`
    const socket = connect(app.port, '127.0.0.1')
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    )
    const started = Date.now()
    socket.resume()
    await new Promise((resolve) => socket.once('close', resolve))
    expect(Date.now() - started).toBeLessThan(15_000)
    expect(app.sockets.numbers().dropped).toBeGreaterThan(0)
  })

  test('nobody else was disturbed', async () => {
    await witness.settle()
    expect(witness.socket.readyState).toBe(1)
  })
})
