import { expect, test } from 'vitest'
import { plainWords } from './plain-words.ts'

test('a line shows the words of a message, not its Markdown', () => {
  expect(plainWords('**很清楚**！\n\n- 字級 14\n- `--line` 和 snake_case')).toBe(
    '很清楚！ 字級 14 --line 和 snake_case',
  )
  expect(plainWords('```ts\nconst a = 2 * 3\n```\n> 引用')).toBe('const a = 2 * 3 引用')
  expect(plainWords('1 * 2 - 3 # 4')).toBe('1 * 2 - 3 # 4')
})
