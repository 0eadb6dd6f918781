import { expect, test } from 'vitest'
import { titleOf } from './conversation.ts'
import { tidyTitle } from './titles.ts'

test.each([
  ['標題：「夜市之旅」', '夜市之旅'],
  ['"A trip to the night market."', 'A trip to the night market'],
  ['# 會議紀錄的寫法\n\n以下是……', '會議紀錄的寫法'],
  ['Title: Budget for 2027', 'Budget for 2027'],
  ['\n  \n', ''],
  ['『』', ''],
])('a title in what a model wrote: %j', (written, title) => {
  expect(tidyTitle(written)).toBe(title)
})

test('a title is of a bearable length and cuts no character in two', () => {
  expect(Array.from(tidyTitle('𠮷'.repeat(100)))).toHaveLength(60)
})

test('the first title is the first line of the first message', () => {
  expect(titleOf('  帶我逛夜市\n還有什麼好吃？')).toBe('帶我逛夜市')
  const cut = titleOf('𠮷'.repeat(60))
  expect(Array.from(cut)).toHaveLength(40)
  expect(cut.endsWith('…')).toBe(true)
})
