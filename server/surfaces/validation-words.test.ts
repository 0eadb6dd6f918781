import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { expect, test } from 'vitest'
import { wordsOf } from './validation-words.ts'

const schema = Compile(
  Type.Object({
    name: Type.String({ minLength: 1, pattern: '^[a-z]*$' }),
    size: Type.Integer({ maximum: 3 }),
    kind: Type.Union([Type.Literal('a'), Type.Literal('b')]),
  }),
)
const right = { name: 'x', size: 1, kind: 'a' }
const wordsFor = (value: object): { en: string; zh: string } | undefined => schema.Errors(value).map(wordsOf)[0]

test.each([
  [{ name: '' }, 'must not have fewer than 1 characters', '不得少于 1 个字符'],
  [{ name: 'A' }, 'has a wrong format', '格式不正确'],
  [{ name: undefined }, 'is required', '不能为空'],
  [{ size: 'x' }, 'must be integer', '必须是整数'],
  [{ size: 4 }, 'must be <= 3', '必须 <= 3'],
  [{ kind: 'c' }, 'is none of the allowed values', '不是允许的值'],
])('%j', (change, en, zh) => {
  expect(wordsFor(JSON.parse(JSON.stringify({ ...right, ...change })))).toEqual({ en, zh })
})
