import { expect, test } from 'vitest'
import { isEmojiAlone } from './emoji-alone.ts'

test.each(['😀', '👍🏽 👨‍👩‍👧‍👦', '🇹🇼🎉❤️', '1️⃣'])('%s stands alone', (text) => {
  expect(isEmojiAlone(text)).toBe(true)
})
test.each(['', '好', '123', '😀 好', '😀😀😀😀', '#', ':)'])('%j does not', (text) => {
  expect(isEmojiAlone(text)).toBe(false)
})
