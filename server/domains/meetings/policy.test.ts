import { describe, expect, test } from 'vitest'
import { demand, reaches, rules } from './policy.ts'
import type { Rule, View } from './policy.ts'
import type { MeetingRow, MemberRow } from './tables.ts'

const meeting = { id: 1, creator_id: 1 } as MeetingRow
const row = (account_id: number, role: string, fields: object = {}) =>
  ({ account_id, role, invited: false, first_joined_at: new Date(), ...fields }) as MemberRow
const view = (accountId: number, member?: MemberRow, isAdmin = false): View => ({
  meeting,
  member,
  actor: { accountId, isAdmin },
})
const seen = {
  creator: view(1, row(1, 'moderator')),
  host: view(2, row(2, 'host')),
  moderator: view(3, row(3, 'moderator')),
  participant: view(4, row(4, 'participant')),
  invited: view(5, row(5, 'participant', { invited: true, first_joined_at: null })),
  knocking: view(6, row(6, 'participant', { first_joined_at: null })),
  stranger: view(7),
  admin: view(8, undefined, true),
}
const all = Object.keys(rules) as Rule[]

test('what each may do, in full', () => {
  const may = Object.fromEntries(
    Object.entries(seen).map(([who, one]) => [who, all.filter((rule) => rules[rule](one)).join(' ')]),
  )
  expect(may).toEqual({
    creator: 'see beInside change start end delete moderate giveRoles',
    host: 'see beInside change start end moderate giveRoles',
    moderator: 'see beInside start end moderate',
    participant: 'see beInside',
    invited: 'see beInside',
    knocking: 'see',
    stranger: '',
    admin: 'see end delete',
  })
})

test('what one may not see is missing, what one may not do forbidden', () => {
  expect(() => demand(seen.stranger, 'end')).toThrow(expect.objectContaining({ code: 'meetings.missing' }))
  expect(() => demand(seen.participant, 'end')).toThrow(expect.objectContaining({ code: 'meetings.forbidden' }))
  expect(() => demand(seen.moderator, 'end')).not.toThrow()
})

describe('reach', () => {
  test.each([
    ['creator', 'host', true],
    ['host', 'creator', false],
    ['host', 'moderator', true],
    ['moderator', 'moderator', false],
    ['moderator', 'participant', true],
    ['moderator', 'host', false],
    ['participant', 'participant', false],
  ] as const)('of a %s over a %s: %s', (from, to, expected) => {
    const target = { ...(seen[to].member as MemberRow) }
    if (from === to) target.account_id = 99
    expect(reaches(seen[from], target)).toBe(expected)
  })

  test('everybody reaches themselves', () => {
    expect(reaches(seen.participant, seen.participant.member as MemberRow)).toBe(true)
  })
})
