import { describe, expect, test } from 'vitest'
import { afterEntering, afterLeaving } from './succession.ts'
import type { Role } from './tables.ts'

const person = (account_id: number, role: Role, standing_role: Role = role, minute = account_id) => ({
  account_id,
  role,
  standing_role,
  entered_at: new Date(Date.UTC(2030, 0, 1, 10, minute)),
})

describe('when somebody goes', () => {
  test.each([
    ['a participant', person(1, 'participant'), [person(2, 'host')], []],
    ['the host, nobody is left', person(1, 'host'), [], []],
    [
      'the host, to the participant who came first',
      person(1, 'host'),
      [person(3, 'participant', 'participant', 9), person(2, 'participant', 'participant', 5)],
      [{ accountId: 2, role: 'host' }],
    ],
    [
      'the host, to a moderator before older participants',
      person(1, 'host'),
      [person(2, 'participant'), person(9, 'moderator')],
      [{ accountId: 9, role: 'host' }],
    ],
    [
      'a stand-in, who gives the role back',
      person(5, 'host', 'participant'),
      [person(6, 'moderator')],
      [
        { accountId: 5, role: 'participant' },
        { accountId: 6, role: 'host' },
      ],
    ],
    ['a host while another is there', person(1, 'host'), [person(2, 'host', 'moderator')], []],
  ])('%s', (_, leaver, inside, changes) => {
    expect(afterLeaving(leaver, inside)).toEqual(changes)
  })
})

describe('when somebody comes', () => {
  test('a host by standing takes the role back from stand-ins alone', () => {
    const inside = [person(2, 'host', 'participant'), person(3, 'moderator'), person(4, 'participant')]
    expect(afterEntering(person(1, 'host'), inside)).toEqual([{ accountId: 2, role: 'participant' }])
    expect(afterEntering(person(5, 'moderator'), inside)).toEqual([])
  })
})
