import { describe, expect, test } from 'vitest'
import { decideAdmission } from './admission.ts'
import type { View } from './policy.ts'
import type { MeetingRow, MemberRow } from './tables.ts'

const now = new Date('2030-01-01T10:00:00Z')
const later = new Date(now.getTime() + 1_000)
const meeting = {
  id: 1,
  creator_id: 1,
  status: 'ongoing',
  max_participants: 3,
  locked: false,
  enable_waiting_room: false,
}
const member = {
  account_id: 2,
  role: 'participant',
  peer_id: null,
  seat_until: null,
  barred_until: null,
  invited: false,
}
const view = (fields: object = {}, row: object | null = null, accountId = 2): View => ({
  meeting: { ...meeting, ...fields } as MeetingRow,
  member: row === null ? undefined : ({ ...member, ...row } as MemberRow),
  actor: { accountId, isAdmin: false },
})
const decide = (seen: View, seated = 0, waiting = 0) => {
  try {
    return decideAdmission(seen, { seated, waiting }, now)
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('who comes in', () => {
  test.each([
    ['a stranger to a meeting under way', view(), 0, 0, { to: 'seat', starts: false }],
    ['the last place', view(), 2, 0, { to: 'seat', starts: false }],
    ['no place left', view(), 3, 0, 'meetings.full'],
    ['no place left, for the creator either', view({}, null, 1), 3, 0, 'meetings.full'],
    ['over', view({ status: 'ended' }), 0, 0, 'meetings.ended'],
    ['called off', view({ status: 'cancelled' }, null, 1), 0, 0, 'meetings.ended'],
    ['before it starts', view({ status: 'scheduled' }), 0, 0, { to: 'wait', for: 'host' }],
    ['before it starts, as many waiting as there are places', view({ status: 'scheduled' }), 0, 3, 'meetings.full'],
    ['the creator starts it', view({ status: 'scheduled' }, null, 1), 0, 3, { to: 'seat', starts: true }],
    ['a moderator starts it', view({ status: 'scheduled' }, { role: 'moderator' }), 0, 0, { to: 'seat', starts: true }],
    ['a waiting room', view({ enable_waiting_room: true }), 0, 0, { to: 'wait', for: 'lobby' }],
    ['a waiting room of a full meeting', view({ enable_waiting_room: true }), 3, 5, { to: 'wait', for: 'lobby' }],
    ['a waiting room with a hundred waiting', view({ enable_waiting_room: true }), 0, 100, 'meetings.full'],
    [
      'a waiting room, before it starts',
      view({ enable_waiting_room: true, status: 'scheduled' }),
      0,
      0,
      { to: 'wait', for: 'host' },
    ],
    [
      'a waiting room, for a moderator',
      view({ enable_waiting_room: true }, { role: 'moderator' }),
      0,
      0,
      { to: 'seat', starts: false },
    ],
    ['locked', view({ locked: true }), 0, 0, 'meetings.locked'],
    ['locked, for a host', view({ locked: true }, { role: 'host' }), 0, 0, { to: 'seat', starts: false }],
    ['locked, but inside', view({ locked: true }, { peer_id: 'p', seat_until: later }), 3, 0, { to: 'keep' }],
    ['a place that lapsed', view({}, { peer_id: 'p', seat_until: now }), 3, 0, 'meetings.full'],
    ['denied a moment ago', view({}, { barred_until: later }), 0, 0, 'meetings.denied'],
    ['denied long ago', view({}, { barred_until: now }), 0, 0, { to: 'seat', starts: false }],
  ] as const)('%s', (_, seen, seated, waiting, outcome) => {
    expect(decide(seen, seated, waiting)).toEqual(outcome)
  })
})
