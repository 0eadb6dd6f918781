import { describe, expect, test } from 'vitest'
import { createIpAllowList } from './ip-allow-list.ts'

describe('an allow-list', () => {
  const list = createIpAllowList(['127.0.0.0/8', '::1/128', '192.0.2.7', '2001:db8::/32', 'fe80::/10'])
  test.each(['127.0.0.1', '127.255.0.9', '::1', '192.0.2.7', '2001:db8:5::1', '::ffff:127.0.0.1', 'fe80::1%eth0'])(
    'lets %s in',
    (address) => expect(list.allows(address)).toBe(true),
  )
  test.each(['128.0.0.1', '192.0.2.8', '::2', '2001:db9::1', '::ffff:192.0.2.8', '', 'unknown', '127.0.0.1, 10.0.0.1'])(
    'keeps %j out',
    (address) => expect(list.allows(address)).toBe(false),
  )
  test('of nothing lets nobody in', () => expect(createIpAllowList([]).allows('127.0.0.1')).toBe(false))
  test.each(['10.0.0.0/33', '::/129', 'example.com', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/x', '10.0.0.0/-1'])(
    'refuses the entry %s',
    (entry) => expect(() => createIpAllowList([entry])).toThrow(/neither an address nor a range/),
  )
})
