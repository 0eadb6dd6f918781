import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMeetings } from '#test/support/meetings.ts'
import type { MeetingsApp, Person } from '#test/support/meetings.ts'

let app: MeetingsApp
let host: Person
beforeAll(async () => {
  app = await startMeetings()
  host = await app.person('host')
})
afterAll(() => app.close())

describe('a meeting’s chat', () => {
  test('numbers lines without gap or repetition, whoever writes from whichever process', async () => {
    const other = await startMeetings({ db: app.db })
    const id = await app.meeting(host)
    const actor = { accountId: host.id, isAdmin: false }
    const rows = await Promise.all(
      Array.from({ length: 300 }, (_, at) => (at % 2 ? app : other).meetings.talking.say(actor, id, `line ${at}`)),
    )
    await other.close({ keepDatabase: true })
    expect(rows.map((row) => row.seq).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, at) => at + 1))
    const { lines } = await app.meetings.talking.messages(actor, id, { page: 1, pageSize: 300 })
    expect(lines.map((row) => row.content).toSorted()).toEqual(rows.map((row) => row.content).toSorted())
    expect(lines.find((row) => row.seq === rows[17]?.seq)?.content).toBe('line 17')
  })

  test('what waits when the meeting ends is refused, and what came before is kept', async () => {
    const id = await app.meeting(host)
    const actor = { accountId: host.id, isAdmin: false }
    const first = await app.meetings.talking.say(actor, id, 'kept')
    await app.meetings.attendance.end(actor, id)
    await expect(app.meetings.talking.say(actor, id, 'late')).rejects.toMatchObject({ code: 'meetings.ended' })
    const { lines, total } = await app.meetings.talking.messages(actor, id, { page: 1, pageSize: 10 })
    expect({ lines, total }).toMatchObject({ total: 1, lines: [{ id: first.id, content: 'kept' }] })
  })
})

describe('the history', () => {
  test('keeps the last frames of a room and forgets the old', async () => {
    const id = await app.meeting(host)
    await app.db.query(
      `INSERT INTO signalling_messages (meeting_id, type, from_id, data, created_at)
       SELECT $1, 'chat', 0, '{"n":' || n || '}', now() - CASE WHEN n <= 10 THEN interval '8 days' ELSE interval '0' END
       FROM generate_series(1, 5200) AS n`,
      [id],
    )
    const client = await app.enter(host, id)
    await app.db.query('SELECT 1')
    await client.settle()
    await app.meetings.prune()
    const [row] = await app.db.query<{ count: number; oldest: string }>(
      `SELECT count(*) AS count, min((data::json ->> 'n')::int) AS oldest FROM signalling_messages WHERE meeting_id = $1`,
      [id],
    )
    expect(row?.count).toBeLessThanOrEqual(5_000)
    expect(Number(row?.oldest)).toBeGreaterThan(190)
    client.socket.terminate()
  })
})
