import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, startMeetings } from '#test/support/meetings.ts'
import type { MeetingsApp, Person } from '#test/support/meetings.ts'

let app: MeetingsApp
let host: Person
beforeAll(async () => {
  app = await startMeetings({ timings: { firstSocketMs: 1_000, sweepMs: 50 } })
  host = await app.person('host')
})
afterAll(() => app.close())

describe('places', () => {
  test('taken by REST lapse when no socket comes, and the host’s role passes on', async () => {
    const id = await app.meeting(host)
    const guest = await app.person('guest')
    await app.call(host, 'POST', `/meetings/${id}/join`)
    const client = await app.enter(guest, id)
    await eventually(
      async () => (await app.call(guest, 'GET', `/meetings/${id}/participants`)).data.participants[0].status,
    ).toBe('offline')
    expect((await client.next('role')).data).toMatchObject({ user_id: guest.id, role: 'host' })
    client.socket.terminate()
  })

  test('a meeting past its time and empty is ended; one with people is not', async () => {
    const past = { start_time: '2020-01-01T10:00:00Z', end_time: '2020-01-01T11:00:00Z' }
    const empty = await app.meeting(host, past)
    const busy = await app.meeting(host, past)
    const fresh = await app.meeting(host, past)
    await app.call(host, 'POST', `/meetings/${empty}/start`)
    const client = await app.enter(host, busy)
    const longAgo = "now() - interval '1 hour'"
    await app.db.query(`UPDATE meetings SET started_at = ${longAgo} WHERE id = ANY($1::int[])`, [[empty, busy]])
    const status = async (id: number) => (await app.call(host, 'GET', `/meetings/${id}`)).data.status
    await eventually(() => status(empty)).toBe('ended')
    expect(await status(busy)).toBe('ongoing')
    expect(await status(fresh)).toBe('scheduled')
    client.socket.terminate()
  })
})
