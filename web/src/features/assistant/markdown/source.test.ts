import { describe, expect, test } from 'vitest'
import { tidySource } from './source.ts'

describe('formulas', () => {
  test.each([
    ['in the line, with dollars', 'the sum $a+b$ grows', 'the sum $$a+b$$ grows'],
    ['in the line, with brackets', '所以 \\(x^2\\) 是', '所以 $$x^2$$ 是'],
    ['on a line of its own', '$$E=mc^2$$', '$$\nE=mc^2\n$$'],
    ['over several lines', 'so\n\\[\na\n= b\n\\]\nend', 'so\n$$\na\n= b\n$$\nend'],
    ['in a list', '- one:\n  \\[x\\]', '- one:\n  $$\n  x\n  $$'],
    ['beside text', 'see \\[x\n+y\\] here', 'see $$x +y$$ here'],
  ])('%s', (_name, written, tidied) => {
    expect(tidySource(written)).toBe(tidied)
  })
})

test.each([
  'It costs $5 and $10.',
  'From $5-$10, say.',
  'US$100 to US$200',
  '`$a$` is code',
  '```sh\necho $HOME $PATH\n```',
  '```\n$x$',
  'a \\$5 bill and a \\$6 bill',
  'nothing here',
])('left alone: %j', (text) => {
  expect(tidySource(text)).toBe(text)
})
