import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Captured } from '#domains/meetings/ports.ts'
import { startMeetings } from '#test/support/meetings.ts'
import type { MeetingsApp } from '#test/support/meetings.ts'
import { leaveAll } from '#test/support/meetings-file.ts'

/** Whoever comes in, or is about to, learns that the meeting is recorded or streamed. */
const NOTHING: Captured = { recordingId: null, streams: [] }
const stream = { stream_id: 's', stream_type: 'hls', status: 'live' } as const
let captured = NOTHING
let app: MeetingsApp

beforeAll(async () => {
  const refuse = async (): Promise<never> => {
    throw new Error('not asked for here')
  }
  app = await startMeetings({
    recordings: { start: refuse, stop: refuse, list: async () => [], captured: async () => captured },
  })
})
afterAll(() => app.close())

test('before the door it is read by anybody who has the number', async () => {
  const [host, stranger] = [await app.person(), await app.person()]
  const id = await app.meeting(host, { password: 'secret' })
  const look = async () => (await app.call(stranger, 'GET', `/meetings/${id}/preview`)).data
  captured = NOTHING
  expect(await look()).toMatchObject({ title: null, recording: false, streaming: false })
  captured = { recordingId: 'r', streams: [stream] }
  expect(await look()).toMatchObject({ title: null, recording: true, streaming: true })
})

test('a room that everybody left, and that is opened again, is still recorded and streamed', async () => {
  const host = await app.person()
  const id = await app.meeting(host)
  captured = NOTHING
  const first = await app.enter(host, id)
  expect(first.joined).toMatchObject({ recording: { recording: false }, streams: [] })
  await app.call(host, 'POST', `/meetings/${id}/leave`)
  await expect.poll(() => app.meetings.stats().rooms, { timeout: 10_000 }).toBe(0)
  captured = { recordingId: 'r', streams: [stream] }
  const back = await app.enter(host, id)
  expect(back.joined).toMatchObject({ recording: { recording: true, recording_id: 'r' }, streams: [stream] })
  app.meetings.announce(id, 'streaming-state', { ...stream, status: 'ended', by: null })
  const other = await app.enter(await app.person(), id)
  expect(other.joined).toMatchObject({ recording: { recording: true }, streams: [] })
  leaveAll(back, other)
})
