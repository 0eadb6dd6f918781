import { expect, test } from 'vitest'
import { createComposer } from './letters.ts'

const compose = createComposer()
const values = { name: '小明 <b>', link: 'https://confab.test/reset-password?token=a&b' }

test.each([
  ['zh-TW', '重設您的 Confab 密碼', '小明 <b>，您好：'],
  ['zh-CN', '重置您的 Confab 密码', '小明 <b>，您好！'],
  ['en', 'Reset your Confab password', 'Hello 小明 <b>,'],
] as const)('in %s', (locale, subject, greeting) => {
  const letter = compose('password-reset', locale, values)
  expect(letter.subject).toBe(subject)
  expect(letter.text).toContain(greeting)
  expect(letter.text).toContain(values.link)
  expect(letter.text).not.toContain('{{')
})

test('what people call themselves is text, not markup', () => {
  const { html } = compose('password-reset', 'en', values)
  expect(html).toContain('Hello 小明 &#60;b&#62;,')
  expect(html).toContain('href="https://confab.test/reset-password?token=a&#38;b"')
  expect(html).not.toContain('<b>')
})

test('a letter without a link has no button', () => {
  const letter = compose('email-changed', 'en', {
    name: 'Ann',
    time: 'noon',
    address: '192.0.2.1',
    email: 'b@example.com',
  })
  expect(letter.text).toContain('changed to b@example.com on noon')
  expect(letter.html).not.toContain('<a ')
})
