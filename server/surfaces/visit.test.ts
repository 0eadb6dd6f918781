import { expect, test } from 'vitest'
import { plainAddress, preferredLocale } from './visit.ts'

test.each([
  [undefined, null],
  ['', null],
  ['fr', null],
  ['en-GB,en;q=0.9', 'en'],
  ['zh-TW,zh;q=0.9,en;q=0.8', 'zh-TW'],
  ['zh-Hant-HK', 'zh-TW'],
  ['zh', 'zh-CN'],
  ['fr;q=0.9, en;q=0.1, zh-CN;q=0.5', 'zh-CN'],
  ['en;q=0, zh-TW', 'zh-TW'],
  ['*', null],
])('of Accept-Language %j we speak %s', (header, locale) => expect(preferredLocale(header)).toBe(locale))

test('an IPv4 address is told plainly', () => {
  expect(plainAddress('::ffff:192.0.2.1')).toBe('192.0.2.1')
  expect(plainAddress('2001:db8::1')).toBe('2001:db8::1')
})
