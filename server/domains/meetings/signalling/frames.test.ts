import { expect, test } from 'vitest'
import { parseFrame } from './frames.ts'

test('a frame is taken apart; what the client says of itself is left out', () => {
  const text = JSON.stringify({ type: 'chat', from: 99, meeting_id: 1, data: { content: 'hi', more: 1 } })
  expect(parseFrame(text, 1)).toEqual({
    kind: 'frame',
    frame: { type: 'chat', to: 0, data: { content: 'hi', more: 1 } },
  })
})

test('nobody named is the server; data may be absent', () => {
  expect(parseFrame('{"type":"leave","to":null,"meeting_id":null}', 1)).toEqual({
    kind: 'frame',
    frame: { type: 'leave', to: 0, data: {} },
  })
})

test('frames between people are not looked into', () => {
  expect(parseFrame('{"type":"offer","to":7,"data":"anything"}', 1)).toEqual({
    kind: 'relay',
    frame: { type: 'offer', to: 7, data: 'anything' },
  })
})

test('another room is told as such, and what is wrong is named', () => {
  expect(parseFrame('{"type":"leave","meeting_id":2}', 1)).toMatchObject({ kind: 'bad', code: 'INVALID_ROOM' })
  expect(parseFrame('{"type":"hand","data":{}}', 1)).toMatchObject({
    kind: 'bad',
    code: 'INVALID_MESSAGE',
    type: 'hand',
    message: expect.stringContaining('raised'),
  })
})

test('a hundred thousand broken frames break nothing', () => {
  const whole = JSON.stringify({
    type: 'offer',
    to: 0,
    meeting_id: 1,
    data: { sdp: 'v=0', tracks: [{ mid: '0', source: 'camera' }] },
  })
  let seed = 1
  const random = (below: number): number => ((seed = (seed * 48_271) % 2_147_483_647) >> 8) % below
  const kinds = new Set<string>()
  for (let i = 0; i < 100_000; i++) {
    const at = random(whole.length)
    const text = whole.slice(0, at) + String.fromCharCode(32 + random(95)) + whole.slice(at + random(3))
    kinds.add(parseFrame(text, 1).kind)
  }
  expect([...kinds].toSorted()).toEqual(['bad', 'frame', 'relay'])
})
