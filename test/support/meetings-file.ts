import { afterAll } from 'vitest'
import { startMeetings } from './meetings.ts'
import type { Client, MeetingsAppOptions } from './meetings.ts'

/** Meetings for all tests of a file, with people who know nothing of each other yet; ended after the last of them. */
export async function meetingsOfFile(options: MeetingsAppOptions = {}) {
  const app = await startMeetings(options)
  afterAll(() => app.close())
  return {
    app,
    host: await app.person('host'),
    guest: await app.person('guest'),
    third: await app.person('third'),
    stranger: await app.person('stranger'),
    admin: await app.person('admin', 'admin'),
  }
}

/** What the next error frame says. */
export const errorOf = async (client: Client) => (await client.next('error')).data

/** Ends sockets without a word. */
export const leaveAll = (...clients: Client[]): void => clients.forEach((client) => client.socket.terminate())
