import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { checkConflicts, createSchedule, deleteSchedule, listSchedules, updateSchedule } from '#contracts/calendar.ts'
import type { ScheduleView } from '#contracts/calendar.ts'
import { queryClient, useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { useLiveEvent } from '@/lib/live.ts'

const key = ['schedules'] as const

/** What can be told of a schedule; times on the account's clock, `2026-11-21T09:30`. */
export interface Draft {
  id: number | null
  title: string
  description: string
  start: string
  end: string
  allDay: boolean
  busy: boolean
  reminderMinutes: number | null
  meetingId: number | null
}

/** The schedules between two moments, kept fresh by the socket; the last ones stay while others load. */
export function useSchedules(range: { from: string; to: string } | undefined) {
  useLiveEvent('calendar.schedules.changed', () => void queryClient.invalidateQueries({ queryKey: key }))
  return useQuery({
    queryKey: [...key, range],
    queryFn: async ({ signal }) =>
      (await callApi(listSchedules, { query: { from: range?.from, to: range?.to } }, { signal })).schedule,
    enabled: range !== undefined,
    placeholderData: keepPreviousData,
  })
}

/** What a draft would hit, asked before it is saved. */
export function useConflicts(draft: Pick<Draft, 'id' | 'start' | 'end' | 'busy'>) {
  const { id, start, end, busy } = draft
  return useQuery({
    queryKey: [...key, 'conflicts', id, start, end],
    queryFn: async ({ signal }) =>
      (
        await callApi(
          checkConflicts,
          { query: { start_time: start, end_time: end, ...(id !== null && { except: id }) } },
          { signal },
        )
      ).schedule,
    enabled: busy && start !== '' && end > start,
    staleTime: 0,
  })
}

/** Saves a draft: a new schedule, or what changed of one. */
export async function save(draft: Draft, before: Draft | null): Promise<void> {
  const { title, description, start, end, allDay, busy, reminderMinutes } = draft
  const all = {
    title,
    description,
    start_time: start,
    end_time: end,
    all_day: allDay,
    busy,
    reminder_minutes: reminderMinutes,
  }
  if (draft.id === null) await callApi(createSchedule, { body: all })
  else {
    const then = before && {
      title: before.title,
      description: before.description,
      start_time: before.start,
      end_time: before.end,
      all_day: before.allDay,
      busy: before.busy,
      reminder_minutes: before.reminderMinutes,
    }
    // Of a meeting somebody else's host made one may change how one is reminded, and nothing else.
    const changed = Object.fromEntries(
      Object.entries(all).filter(([name, value]) => then?.[name as keyof typeof then] !== value),
    )
    if (Object.keys(changed).length > 0) await callApi(updateSchedule, { params: { id: draft.id }, body: changed })
  }
  await queryClient.invalidateQueries({ queryKey: key })
}

/** Moves one: shown at once, put back with the reason when it cannot be. */
export function useMove(range: { from: string; to: string } | undefined) {
  return useAct({
    act: ({ id, start, end, allDay }: { id: number; start: string; end: string; allDay: boolean }) =>
      callApi(updateSchedule, { params: { id }, body: { start_time: start, end_time: end, all_day: allDay } }),
    optimistic: {
      key: [...key, range],
      apply: (before, { id, start, end, allDay }) =>
        (before as ScheduleView[]).map((one) =>
          one.id === id ? { ...one, start_at: start, end_at: end, all_day: allDay } : one,
        ),
    },
    invalidates: [key],
  })
}

/** Takes one out; the answered function puts it back. */
export async function remove(schedule: Draft): Promise<(() => Promise<void>) | undefined> {
  await callApi(deleteSchedule, { params: { id: schedule.id ?? 0 } })
  await queryClient.invalidateQueries({ queryKey: key })
  return schedule.meetingId === null ? () => save({ ...schedule, id: null }, null) : undefined
}

/** A schedule of the list as a draft. */
export function draftOf(schedule: ScheduleView): Draft {
  return {
    id: schedule.id,
    title: schedule.title,
    description: schedule.description,
    start: schedule.start_time.slice(0, 16),
    end: schedule.end_time.slice(0, 16),
    allDay: schedule.all_day,
    busy: schedule.busy,
    reminderMinutes: schedule.reminder_minutes,
    meetingId: schedule.meeting_id,
  }
}
