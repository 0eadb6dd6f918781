import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import type { JobEvents } from '#contracts/events/jobs.ts'
import { listChat } from '#contracts/meetings.ts'
import { listRecordings, recordingInfo } from '#contracts/recording.ts'
import type { ResultOf } from '#contracts/route.ts'
import type { ChatMessage } from '#contracts/schemas/meeting.ts'
import { callApi } from '@/lib/api.ts'
import { useLiveEvent } from '@/lib/live.ts'

/** Recordings in the cache; the meeting's own page has its list under it too. */
export const recordingsKey = ['recordings'] as const

/** A recording as lists have it. */
export type Recording = ResultOf<typeof listRecordings>['recordings'][number]
/** A recording with its tracks. */
export type RecordingDetails = ResultOf<typeof recordingInfo>

/** How many recordings stand on a page. */
export const RECORDINGS_PAGE = 20

const LOOK_MS = 3_000
const LINES = 100
/** Enough for a day of talk. */
const MOST_PAGES = 50

const isUnderWay = ({ status }: Recording): boolean => status === 'recording' || status === 'processing'

/** Recordings of the meetings one took part in. */
export function useRecordings(page: number) {
  useComposing()
  return useQuery({
    queryKey: [...recordingsKey, 'list', page],
    queryFn: ({ signal }) => callApi(listRecordings, { query: { page, page_size: RECORDINGS_PAGE } }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.recordings.some(isUnderWay) ? LOOK_MS : false),
  })
}

/** One recording; looked at again until its film is there. */
export function useRecording(id: string) {
  useComposing()
  return useQuery({
    queryKey: [...recordingsKey, 'one', id],
    queryFn: ({ signal }) => callApi(recordingInfo, { params: { id } }, { signal }),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? LOOK_MS : false),
  })
}

/** Whoever pressed record hears at once that the film is there; how far it is, everybody asks now and then. */
function useComposing(): void {
  const client = useQueryClient()
  useLiveEvent('jobs.job.changed', (data) => {
    const change = data as JobEvents['jobs.job.changed'] | undefined
    if (change?.kind !== 'media.compose' || change.state === 'processing') return
    void client.invalidateQueries({ queryKey: recordingsKey })
  })
}

/** What was written in a meeting since a moment, oldest first. */
export function useMeetingChat(meetingId: number, since: string) {
  return useQuery({
    queryKey: [...recordingsKey, 'chat', meetingId, since],
    queryFn: async ({ signal }) => {
      const found: ChatMessage[] = []
      // The newest page comes first.
      for (let page = 1; page <= MOST_PAGES; page++) {
        const query = { page, page_size: LINES }
        const { messages, total } = await callApi(listChat, { params: { id: meetingId }, query }, { signal })
        found.push(...messages)
        const [oldest] = messages
        if (!oldest || found.length >= total || Date.parse(oldest.timestamp) < Date.parse(since)) break
      }
      return found.toSorted((a, b) => a.seq - b.seq)
    },
  })
}
