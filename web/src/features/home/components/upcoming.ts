import { useQuery } from '@tanstack/react-query'
import { myUpcoming } from '#contracts/meetings.ts'
import type { Meeting } from '#contracts/schemas/meeting.ts'
import { callApi } from '@/lib/api.ts'

/** The meetings that are not over, the next one first; read again every minute while Home is looked at. */
export function useUpcoming() {
  return useQuery({
    queryKey: ['meetings', 'upcoming', 'home'],
    queryFn: ({ signal }) => callApi(myUpcoming, { query: { page_size: 50 } }, { signal }),
    select: (page) => page.meetings,
    refetchInterval: 60_000,
  })
}

/** Where one goes in: the room's own address within this app. */
export function roomPath(meeting: Meeting): string {
  const { pathname, search } = new URL(meeting.room_url, location.origin)
  return pathname + search
}

/** Whether one can be inside now: it goes on, or begins within ten minutes. */
export function isNow(meeting: Meeting, now: number): boolean {
  return meeting.status === 'ongoing' || Date.parse(meeting.start_time) - now < 10 * 60_000
}
