import { expect, test } from 'vitest'
import { createSseReader } from './sse.ts'

test('events come out whole, wherever the stream was cut', () => {
  const text = ': still here\n\nevent: delta\ndata: {"content":"夜"}\n\nevent: done\r\ndata: {}\r\n\r\n'
  const wanted = [
    { event: 'delta', data: '{"content":"夜"}' },
    { event: 'done', data: '{}' },
  ]
  for (let cut = 0; cut <= text.length; cut++) {
    const read = createSseReader()
    expect([...read(text.slice(0, cut)), ...read(text.slice(cut))]).toEqual(wanted)
  }
})

test('several lines of data are one, and an event without data is none', () => {
  const read = createSseReader()
  expect(read('data: a\ndata: b\n\nevent: empty\n\n')).toEqual([{ event: 'message', data: 'a\nb' }])
})
