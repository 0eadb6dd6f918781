import type { KnownMeeting, MeetingsPort } from '#domains/meetings/for-others.ts'
import type { Meetings } from '#domains/meetings/meetings.ts'
import { meetingsStore } from '#domains/meetings/meetings-store.ts'
import { membersStore } from '#domains/meetings/members-store.ts'
import type { MeetingRow } from '#domains/meetings/tables.ts'
import { isFault } from '#kernel/fault.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Executor } from '#kernel/db/executor.ts'

/** The meetings as calendars and rooms need them. */
export function createMeetingPort(parts: {
  db: Database
  meetings: Pick<Meetings, 'talking' | 'planning'>
  /** Whoever is not found changes nothing. */
  directory: { byId(id: number): Promise<object | undefined> }
}): MeetingsPort {
  const { db, meetings, directory } = parts

  const describe = async (row: MeetingRow, on: Executor = db): Promise<KnownMeeting> => {
    // One that ended early frees the time that is left.
    const early =
      row.status === 'ended' && row.ended_at !== null && row.ended_at > row.start_time && row.ended_at < row.end_time
    return {
      id: row.id,
      title: row.title,
      description: row.description,
      start: row.start_time,
      end: early ? (row.ended_at ?? row.end_time) : row.end_time,
      takesPlace: row.status !== 'cancelled',
      accountIds: await membersStore.belonging(on, row.id),
    }
  }

  return {
    find: async (meetingId, on) => {
      const row = await meetingsStore.find(on, meetingId)
      return row && describe(row, on)
    },
    listFrom: async (from, afterId, limit) => {
      const rows = await db
        .as<{ meetings: { id: number; end_time: Date } }>()
        .selectFrom('meetings')
        .select('id')
        .where('end_time', '>', from)
        .where('id', '>', afterId)
        .orderBy('id')
        .limit(limit)
        .execute()
      const found = await Promise.all(rows.map(({ id }) => meetingsStore.find(db, id)))
      return Promise.all(found.filter((row) => row !== undefined).map((row) => describe(row)))
    },
    deleted: async (meetingIds) => {
      const gone = await db.query<{ id: number }>(
        'SELECT i.id FROM unnest($1::int[]) AS i(id) WHERE NOT EXISTS (SELECT 1 FROM meetings AS m WHERE m.id = i.id)',
        [[...meetingIds]],
      )
      return gone.map(({ id }) => id)
    },
    maySpeak: async (meetingId, accountId) => {
      try {
        await meetings.talking.demandSpeech({ accountId, isAdmin: false }, meetingId)
      } catch (error) {
        // The room alone goes on.
        if (!isFault(error, 'meetings.ended') && !isFault(error, 'meetings.missing')) throw error
      }
    },
    reschedule: async (accountId, meetingId, change) => {
      const account = await directory.byId(accountId)
      if (account === undefined) return
      await meetings.planning.update(
        // Their place in the meeting decides, not what they are to the installation.
        { accountId, isAdmin: false },
        meetingId,
        {
          ...(change.title !== undefined && { title: change.title }),
          ...(change.description !== undefined && { description: change.description }),
          ...(change.start !== undefined && { startTime: change.start }),
          ...(change.end !== undefined && { endTime: change.end }),
        },
      )
    },
  }
}
