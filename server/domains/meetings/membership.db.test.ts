import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MeetingEvents } from '#contracts/events/meetings.ts'
import { isFault } from '#kernel/fault.ts'
import { startMeetings } from '#test/support/meetings.ts'
import type { MeetingsApp, Person } from '#test/support/meetings.ts'

let app: MeetingsApp
let host: Person
beforeAll(async () => {
  app = await startMeetings()
  host = await app.person('host')
})
afterAll(() => app.close())

const people = async (count: number): Promise<Person[]> => {
  const found: Person[] = []
  for (let i = 0; i < count; i++) found.push(await app.person())
  return found
}
const join = async (who: Person, meetingId: number): Promise<string> => {
  try {
    const { member } = await app.meetings.attendance.join({ accountId: who.id, isAdmin: false }, meetingId, '')
    return member.status
  } catch (error) {
    if (!isFault(error)) throw error
    return error.code
  }
}
const tally = (words: readonly string[]) =>
  Object.fromEntries([...new Set(words)].map((word) => [word, words.filter((one) => one === word).length]))

describe('fifty at once', () => {
  test('on a meeting of ten that is under way: ten come in', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/start`)
    const outcomes = await Promise.all((await people(50)).map((one) => join(one, id)))
    expect(tally(outcomes)).toEqual({ online: 10, 'meetings.full': 40 })
  })

  test('through several processes on one database: ten come in', async () => {
    const other = await startMeetings({ db: app.db })
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/start`)
    const all = await people(50)
    const outcomes = await Promise.all(
      all.map(async (one, at) => {
        const answer = await (at % 2 === 0 ? app : other).call(one, 'POST', `/meetings/${id}/join`)
        return answer.status === 200 ? 'in' : String(answer.code)
      }),
    )
    await other.close({ keepDatabase: true })
    expect(tally(outcomes)).toEqual({ in: 10, '2003': 40 })
  })

  test('before it starts: ten wait, and the host’s coming in lets nine of them in', async () => {
    const id = await app.meeting(host)
    const outcomes = await Promise.all((await people(50)).map((one) => join(one, id)))
    expect(tally(outcomes)).toEqual({ waiting: 10, 'meetings.full': 40 })
    expect(await join(host, id)).toBe('online')
    const rows = await app.db.query<{ status: string }>(
      'SELECT status FROM meeting_participants WHERE meeting_id = $1',
      [id],
    )
    expect(tally(rows.map((row) => row.status))).toEqual({ online: 10, waiting: 1 })
  })

  test('the same account fifty times takes one place', async () => {
    const id = await app.meeting(host, { max_participants: 2 })
    await app.call(host, 'POST', `/meetings/${id}/start`)
    const one = await app.person()
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => join(one, id)))
    expect(tally(outcomes)).toEqual({ online: 50 })
    const rows = await app.db.query(
      'SELECT DISTINCT peer_id FROM meeting_participants WHERE meeting_id = $1 AND peer_id IS NOT NULL',
      [id],
    )
    expect(rows).toHaveLength(1)
  })

  test('joining while it ends: who is not refused is put out; nobody stays inside', async () => {
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/start`)
    const all = await people(9)
    await Promise.all([...all.map((one) => join(one, id)), app.call(host, 'POST', `/meetings/${id}/end`)])
    const rows = await app.db.query(
      'SELECT 1 FROM meeting_participants WHERE meeting_id = $1 AND peer_id IS NOT NULL',
      [id],
    )
    expect(rows).toHaveLength(0)
  })

  test('admitting all of a queue fills the places and no more', async () => {
    const id = await app.meeting(host, { max_participants: 5, settings: { enable_waiting_room: true } })
    await join(host, id)
    const all = await people(20)
    await Promise.all(all.map((one) => join(one, id)))
    const actor = { accountId: host.id, isAdmin: false }
    await Promise.allSettled(all.map((one) => app.meetings.moderation.admit(actor, id, [one.id])))
    const rows = await app.db.query<{ status: string }>(
      'SELECT status FROM meeting_participants WHERE meeting_id = $1',
      [id],
    )
    expect(tally(rows.map((row) => row.status))).toMatchObject({ online: 5 })
  })
})

describe('events', () => {
  test('come after the commit, one for each thing that happened', async () => {
    const seen: string[] = []
    const topics: (keyof MeetingEvents)[] = [
      'meetings.meeting.created',
      'meetings.meeting.changed',
      'meetings.meeting.started',
      'meetings.meeting.ended',
      'meetings.meeting.deleted',
      'meetings.participant.added',
      'meetings.participant.removed',
      'meetings.participant.entered',
      'meetings.participant.left',
    ]
    const ends = topics.map((topic) =>
      app.bus.subscribe(
        topic,
        (payload) => void seen.push(`${topic.slice(9)} ${'accountId' in payload ? payload.accountId : ''}`.trim()),
      ),
    )
    const guest = await app.person()
    const id = await app.meeting(host)
    await app.call(host, 'POST', `/meetings/${id}/participants`, { user_id: guest.id })
    await app.call(host, 'POST', `/meetings/${id}/participants`, { user_id: guest.id })
    await app.call(guest, 'POST', `/meetings/${id}/join`)
    await app.call(host, 'PUT', `/meetings/${id}`, { title: 'x' })
    await app.call(host, 'POST', `/meetings/${id}/start`)
    await app.call(host, 'POST', `/meetings/${id}/start`)
    await app.call(guest, 'POST', `/meetings/${id}/messages`, { content: 'x' })
    await app.call(guest, 'POST', `/meetings/${id}/leave`)
    await app.call(host, 'DELETE', `/meetings/${id}/participants/${guest.id}`)
    await app.call(host, 'POST', `/meetings/${id}/end`)
    await app.call(host, 'DELETE', `/meetings/${id}`)
    for (const end of ends) end()
    expect(seen).toEqual([
      'meeting.created',
      `participant.added ${guest.id}`,
      'meeting.changed',
      'meeting.started',
      `participant.entered ${guest.id}`,
      `participant.left ${guest.id}`,
      `participant.removed ${guest.id}`,
      'meeting.ended',
      'meeting.deleted',
    ])
  })
})
