import { expect, test } from 'vitest'
import { blocksOf } from './blocks.ts'

test('paragraphs, tables and code are parts of their own', () => {
  const text = '# A\n\none\ntwo\n\n| a |\n| - |\n\n```js\nx\n\ny\n```\n\nend'
  expect(blocksOf(text)).toEqual(['# A', 'one\ntwo', '| a |\n| - |', '```js\nx\n\ny\n```', 'end'])
})

test('a list with blank lines and indented parts stays together', () => {
  const text = '1. one\n\n   more of one\n\n2. two\n\nafter'
  expect(blocksOf(text)).toEqual(['1. one\n\n   more of one\n\n2. two', 'after'])
})

test('code and formulas that are still being written take what follows', () => {
  expect(blocksOf('a\n\n```py\nb\n\nc')).toEqual(['a', '```py\nb\n\nc'])
  expect(blocksOf('a\n\n$$\nb\n\nc')).toEqual(['a', '$$\nb\n\nc'])
})

test('a shorter fence inside a longer one does not end it', () => {
  expect(blocksOf('````\n```\n\n```\n````\n\nend')).toEqual(['````\n```\n\n```\n````', 'end'])
})

test('a text with definitions stays whole', () => {
  const text = 'see [this][1]\n\n[1]: https://example.com'
  expect(blocksOf(text)).toEqual([text])
})

test('growing a text changes only the last part', () => {
  const text = 'one\n\ntwo\n\n- three\n- four\n\nfive'
  let before: string[] = []
  for (let end = 1; end <= text.length; end++) {
    const now = blocksOf(text.slice(0, end))
    expect(now.slice(0, Math.max(0, before.length - 1))).toEqual(before.slice(0, -1))
    before = now
  }
})
