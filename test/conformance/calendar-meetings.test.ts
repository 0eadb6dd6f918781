import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { newClient } from '#test/support/workspace-client.ts'
import type { Client } from '#test/support/workspace-client.ts'

let app: TestApp
let host: Client
let guest: Client

beforeAll(async () => {
  app = await startTestApp()
  host = await newClient(app, 'host')
  guest = await newClient(app, 'guest')
})
afterAll(() => app.close())

interface Shown {
  id: number
  title: string
  start_at: string
  conflict: boolean
  meeting_id: number | null
}
/** Meetings tell calendars after their own answer. */
const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 10_000 })
const calendarOf = async (who: Client): Promise<Shown[]> =>
  (await who.call('GET', '/api/schedules')).body.data.schedule as Shown[]
const meetingIn = async (who: Client, id: number) => (await calendarOf(who)).find((one) => one.meeting_id === id)

async function newMeeting(day: string, title = 'Planning'): Promise<number> {
  const { body } = await host.call('POST', '/api/v1/meetings', {
    title,
    start_time: `2027-${day}T01:00:00Z`,
    end_time: `2027-${day}T02:00:00Z`,
  })
  return body.data.meeting_id as number
}
const invite = (meetingId: number, who: Client) =>
  host.call('POST', `/api/v1/meetings/${meetingId}/participants`, { user_id: who.id })

test('a meeting is a schedule of its participants and blocks their time', async () => {
  const id = await newMeeting('02-01')
  await invite(id, guest)
  for (const who of [host, guest]) {
    await soon(() => meetingIn(who, id)).toMatchObject({
      title: 'Planning',
      start_at: '2027-02-01T01:00:00.000Z',
      conflict: false,
    })
    const taken = await who.call('POST', '/api/schedules', {
      title: 'x',
      start_time: '2027-02-01T09:30',
      end_time: '2027-02-01T09:45',
    })
    expect(taken.status).toBe(409)
  }
})

test('moving it moves both ways', async () => {
  const id = await newMeeting('02-02')
  await invite(id, guest)
  await soon(() => meetingIn(guest, id)).toBeDefined()
  await host.call('PUT', `/api/v1/meetings/${id}`, {
    start_time: '2027-02-02T05:00:00Z',
    end_time: '2027-02-02T06:00:00Z',
    title: 'Later',
  })
  await soon(() => meetingIn(guest, id)).toMatchObject({ title: 'Later', start_at: '2027-02-02T05:00:00.000Z' })

  const own = (await meetingIn(host, id)) as Shown
  expect(
    (
      await host.call('PUT', `/api/schedules/${own.id}`, {
        start_time: '2027-02-02T15:00',
        end_time: '2027-02-02T16:00',
      })
    ).status,
  ).toBe(200)
  const { body } = await host.call('GET', `/api/v1/meetings/${id}`)
  expect(body.data).toMatchObject({ start_time: '2027-02-02T07:00:00Z', end_time: '2027-02-02T08:00:00Z' })
  expect(await meetingIn(guest, id)).toMatchObject({ start_at: '2027-02-02T07:00:00.000Z' })

  const guests = (await meetingIn(guest, id)) as Shown
  const refused = await guest.call('PUT', `/api/schedules/${guests.id}`, {
    start_time: '2027-02-02T20:00',
    end_time: '2027-02-02T21:00',
  })
  expect([refused.status, refused.body.error.code]).toEqual([403, 'E005_FORBIDDEN'])
  // How one is reminded is one's own business.
  expect((await guest.call('PUT', `/api/schedules/${guests.id}`, { reminder_minutes: 60 })).status).toBe(200)
})

test('an invitation gives way to what stands there, and takes its time when that goes', async () => {
  const { body: dentist } = await guest.call('POST', '/api/schedules', {
    title: 'Dentist',
    start_time: '2027-02-03T09:30',
    end_time: '2027-02-03T10:00',
  })
  const id = await newMeeting('02-03')
  await invite(id, guest)
  await soon(() => meetingIn(guest, id)).toMatchObject({ conflict: true })
  expect(await meetingIn(host, id)).toMatchObject({ conflict: false })
  await guest.call('DELETE', `/api/schedules/${dentist.data.id}`)
  expect(await meetingIn(guest, id)).toMatchObject({ conflict: false })
})

test('taken out of one’s calendar it stays out, and the meeting goes on', async () => {
  const id = await newMeeting('02-04')
  await invite(id, guest)
  await soon(() => meetingIn(guest, id)).toBeDefined()
  await guest.call('DELETE', `/api/schedules/${((await meetingIn(guest, id)) as Shown).id}`)
  await host.call('PUT', `/api/v1/meetings/${id}`, { title: 'Renamed' })
  await soon(() => meetingIn(host, id)).toMatchObject({ title: 'Renamed' })
  expect(await meetingIn(guest, id)).toBeUndefined()
})

test('called off or deleted it is gone from every calendar', async () => {
  const [off, deleted] = [await newMeeting('02-05'), await newMeeting('02-06')]
  for (const id of [off, deleted]) {
    await invite(id, guest)
    await soon(() => meetingIn(guest, id)).toBeDefined()
  }
  await host.call('PUT', `/api/v1/meetings/${off}`, { status: 'cancelled' })
  await host.call('DELETE', `/api/v1/meetings/${deleted}`)
  for (const who of [host, guest]) {
    for (const id of [off, deleted]) await soon(() => meetingIn(who, id)).toBeUndefined()
  }
})

test('a meeting has its room, with those in it who belong to the meeting', async () => {
  const id = await newMeeting('02-07', 'Weekly')
  await invite(id, guest)
  const roomOf = async (who: Client) =>
    (
      (await who.call('GET', '/api/groups')).body.data.groups as {
        id: number
        meeting_id: number
        name: string
        kind: string
      }[]
    ).find((one) => one.meeting_id === id)
  await soon(() => roomOf(guest)).toMatchObject({ name: 'Weekly', kind: 'meeting' })
  expect((await roomOf(host))?.id).toBe((await roomOf(guest))?.id)
  await host.call('DELETE', `/api/v1/meetings/${id}`)
  await soon(() => roomOf(guest)).toBeUndefined()
})

test('a meeting’s chat is its room’s: what is said in one is said in the other, once', async () => {
  const id = await newMeeting('02-08', 'Chat')
  await invite(id, guest)
  await guest.call('POST', `/api/v1/meetings/${id}/join`, {})
  const groups = async () =>
    (await guest.call('GET', '/api/groups')).body.data.groups as { id: number; meeting_id: number }[]
  await soon(async () => (await groups()).some((one) => one.meeting_id === id)).toBe(true)
  const room = (await groups()).find((one) => one.meeting_id === id)?.id ?? 0
  const texts = (messages: { content: string }[]) => messages.map((one) => one.content)
  const inRoom = async () => texts((await guest.call('GET', `/api/messages?chat_room_id=${room}`)).body.data.messages)
  const inMeeting = async () => texts((await host.call('GET', `/api/v1/meetings/${id}/messages`)).body.data.messages)

  await host.call('POST', `/api/v1/meetings/${id}/messages`, { content: 'from the meeting' })
  await soon(inRoom).toEqual(['from the meeting'])
  const posted = await guest.call('POST', '/api/messages', { chat_room_id: room, content: 'from the room' })
  expect(posted.status).toBe(201)
  expect(await inMeeting()).toEqual(['from the meeting', 'from the room'])
  await soon(inRoom).toEqual(['from the meeting', 'from the room'])
  await host.call('POST', `/api/v1/meetings/${id}/start`)
  await host.call('POST', `/api/v1/meetings/${id}/end`)
  const after = await guest.call('POST', '/api/messages', { chat_room_id: room, content: 'afterwards' })
  expect(after.status).toBe(201)
  expect(await inRoom()).toEqual(['from the meeting', 'from the room', 'afterwards'])
})
