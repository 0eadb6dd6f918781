import type { MeetingSettings } from '#contracts/schemas/meeting.ts'
import { DEFAULT_SETTINGS } from '#contracts/schemas/meeting.ts'
import { faults } from '../faults.ts'
import { meetingsStore } from '../meetings-store.ts'
import type { ListedMeeting, MeetingFilter } from '../meetings-store.ts'
import { membersStore } from '../members-store.ts'
import { rules } from '../policy.ts'
import type { Actor } from '../policy.ts'
import type { Captured } from '../ports.ts'
import type { MeetingRow } from '../tables.ts'
import { viewFor, viewOf } from './context.ts'
import type { ActParts } from './context.ts'

/** What a meeting is made of. */
export interface MeetingPlan {
  readonly title: string
  readonly description?: string | undefined
  readonly startTime: Date
  readonly endTime: Date
  readonly maxParticipants?: number | undefined
  readonly meetingType?: 'video' | 'audio' | undefined
  /** Empty or null: none. */
  readonly password?: string | null | undefined
  readonly settings?: Partial<MeetingSettings> | undefined
}

/** What can be changed; what is left out stays. */
export interface MeetingChange extends Partial<MeetingPlan> {
  /** `cancelled`, or the one it has. */
  readonly status?: MeetingRow['status'] | undefined
  readonly locked?: boolean | undefined
}

/** What somebody who stands before the door may know. Nulls: a stranger to a meeting with a password. */
export interface MeetingPreview {
  readonly meeting: MeetingRow
  readonly shown: boolean
  readonly passwordRequired: boolean
  readonly hostName: string | null
  /** Whoever thinks of coming in has to know, stranger or not. */
  readonly captured: Captured
}

const DEFAULT_PLACES = 10

/** Making, finding, changing and deleting meetings. */
export function createPlanning(parts: ActParts & { readonly captured: (meetingId: number) => Promise<Captured> }) {
  const { db, bus, clock, accounts, hasher, live, captured } = parts
  const now = (): Date => new Date(clock.now())
  const hashOf = async (password: string | null | undefined): Promise<string | null> =>
    password === undefined || password === null || password === '' ? null : await hasher.hash(password)

  async function listed(actor: Actor, meetingId: number): Promise<ListedMeeting> {
    const found = await meetingsStore.findListed(db, meetingId, actor.accountId)
    if (found === undefined) throw faults.missing()
    return found
  }

  return {
    /** Makes a meeting; the actor is its host. @throws Fault `meetings.times-crossed` */
    async create(actor: Actor, plan: MeetingPlan): Promise<ListedMeeting> {
      if (plan.endTime <= plan.startTime) throw faults.timesCrossed()
      const passwordHash = await hashOf(plan.password)
      const meeting = await db.transaction(async (tx) => {
        const made = await meetingsStore.insert(tx, {
          creator_id: actor.accountId,
          title: plan.title.trim(),
          description: plan.description ?? '',
          start_time: plan.startTime,
          end_time: plan.endTime,
          max_participants: plan.maxParticipants ?? DEFAULT_PLACES,
          meeting_type: plan.meetingType ?? 'video',
          password_hash: passwordHash,
          ...DEFAULT_SETTINGS,
          ...named(plan.settings),
          created_at: now(),
          updated_at: now(),
        })
        await membersStore.insert(tx, {
          meeting_id: made.id,
          account_id: actor.accountId,
          role: 'host',
          standing_role: 'host',
          created_at: now(),
        })
        tx.afterCommit(() =>
          bus.publish('meetings.meeting.created', { meetingId: made.id, creatorId: actor.accountId }),
        )
        return made
      })
      return await listed(actor, meeting.id)
    },

    async list(actor: Actor, filter: MeetingFilter): Promise<{ meetings: ListedMeeting[]; total: number }> {
      return await meetingsStore.list(db, actor.accountId, filter, now())
    },

    /** @throws Fault `meetings.missing` also for those who do not belong to it */
    async get(actor: Actor, meetingId: number): Promise<ListedMeeting> {
      await viewFor(db, actor, meetingId, 'see')
      return await listed(actor, meetingId)
    },

    /** What a page before the door shows, also to somebody who only has the number. */
    async preview(actor: Actor, meetingId: number): Promise<MeetingPreview> {
      const view = await viewOf(db, actor, meetingId)
      const shown = rules.see(view) || view.meeting.password_hash === null
      const creator = shown ? await accounts.byId(view.meeting.creator_id) : undefined
      return {
        meeting: view.meeting,
        shown,
        passwordRequired: view.meeting.password_hash !== null && !entersWithoutPassword(view),
        hostName: creator?.displayName ?? null,
        captured: await captured(meetingId),
      }
    },

    /**
     * Changes what is named. @throws Fault `meetings.missing`, `meetings.forbidden`, `meetings.ended` (nothing of a meeting
     * that is over changes), `meetings.times-crossed`, `meetings.status-fixed`
     */
    async update(actor: Actor, meetingId: number, change: MeetingChange): Promise<ListedMeeting> {
      await viewFor(db, actor, meetingId, 'change')
      const passwordHash = change.password === undefined ? undefined : await hashOf(change.password)
      await live.exclusively(meetingId, async () => {
        const changed = await db.transaction(async (tx) => {
          const meeting = await meetingsStore.lock(tx, meetingId)
          if (meeting === undefined) throw faults.missing()
          if (meeting.status === 'ended' || meeting.status === 'cancelled') throw faults.ended()
          const startTime = change.startTime ?? meeting.start_time
          const endTime = change.endTime ?? meeting.end_time
          if (endTime <= startTime) throw faults.timesCrossed()
          const calledOff = change.status === 'cancelled'
          if (!calledOff && change.status !== undefined && change.status !== meeting.status) throw faults.statusFixed()
          if (calledOff && meeting.status !== 'scheduled') {
            throw faults.forbidden('A meeting that is under way is ended, not called off')
          }
          tx.afterCommit(() => {
            bus.publish('meetings.meeting.changed', { meetingId })
            if (calledOff) bus.publish('meetings.meeting.cancelled', { meetingId })
          })
          return await meetingsStore.update(tx, meetingId, {
            start_time: startTime,
            end_time: endTime,
            updated_at: now(),
            ...defined({
              title: change.title?.trim(),
              description: change.description,
              max_participants: change.maxParticipants,
              meeting_type: change.meetingType,
              status: change.status,
              locked: change.locked,
              password_hash: passwordHash,
            }),
            ...named(change.settings),
          })
        })
        if (changed.status === 'cancelled') await live.over(meetingId, { by: actor.accountId, reason: 'ended' })
        else live.changed(changed, actor.accountId)
      })
      return await listed(actor, meetingId)
    },

    /** Shuts the door, or opens it: moderators may, who may change nothing else. @throws Fault `meetings.missing`, `meetings.forbidden` */
    async setLock(actor: Actor, meetingId: number, locked: boolean): Promise<void> {
      await viewFor(db, actor, meetingId, 'moderate')
      await live.exclusively(meetingId, async () => {
        const changed = await meetingsStore.update(db, meetingId, { locked, updated_at: now() })
        bus.publish('meetings.meeting.changed', { meetingId })
        live.changed(changed, actor.accountId)
      })
    },

    /** Deletes a meeting with all that hangs on it; whoever is inside is told. @throws Fault `meetings.missing`, `meetings.forbidden` */
    async delete(actor: Actor, meetingId: number): Promise<void> {
      await viewFor(db, actor, meetingId, 'delete')
      await live.exclusively(meetingId, async () => {
        const memberIds = (await membersStore.list(db, meetingId)).map((member) => member.account_id)
        await meetingsStore.delete(db, meetingId)
        await live.over(meetingId, { by: actor.accountId, reason: 'deleted' })
        bus.publish('meetings.meeting.deleted', { meetingId, memberIds })
      })
    },
  }
}

/** Whether somebody comes in without the password: the creator, whoever was named by a host, and whoever holds a role. */
export function entersWithoutPassword(view: Parameters<typeof rules.moderate>[0]): boolean {
  return rules.moderate(view) || view.member?.invited === true
}

/** Without the fields that are undefined: they stay as they are. */
function defined<T extends object>(fields: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

/** The settings that are given, and nothing that came along with them: each becomes a column of the meeting's row. */
function named(given: Partial<MeetingSettings> | undefined): Partial<MeetingSettings> {
  const names = Object.keys(DEFAULT_SETTINGS) as (keyof MeetingSettings)[]
  return defined(Object.fromEntries(names.map((name) => [name, given?.[name]])))
}
