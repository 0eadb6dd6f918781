import { keepPreviousData, useQuery } from '@tanstack/react-query'
import {
  getMeeting,
  listMeetings,
  listParticipants,
  myHistory,
  myUpcoming,
  previewMeeting,
} from '#contracts/meetings.ts'
import { lookupUsers } from '#contracts/users.ts'
import { callApi } from '@/lib/api.ts'

/** Everything about meetings in the cache. */
export const meetingsKey = ['meetings'] as const

const keys = {
  list: (kind: string, words: string, page: number) => [...meetingsKey, 'list', kind, words, page] as const,
  one: (id: number) => [...meetingsKey, 'one', id] as const,
  preview: (id: number) => [...meetingsKey, 'preview', id] as const,
  participants: (id: number) => [...meetingsKey, 'participants', id] as const,
}

/** Which meetings a list is about. */
export type ListKind = 'upcoming' | 'past' | 'all'

/** How many meetings stand on a page. */
export const PAGE_SIZE = 20

/** A page of meetings; words narrow all of them, since only that list is searched on the server. */
export function useMeetings(kind: ListKind, words: string, page: number) {
  return useQuery({
    queryKey: keys.list(words ? 'search' : kind, words, page),
    queryFn: ({ signal }) => {
      const paging = { page, page_size: PAGE_SIZE }
      if (words) return callApi(listMeetings, { query: { ...paging, keyword: words } }, { signal })
      const route = kind === 'upcoming' ? myUpcoming : kind === 'past' ? myHistory : listMeetings
      return callApi(route, { query: paging }, { signal })
    },
    placeholderData: keepPreviousData,
    refetchInterval: kind === 'upcoming' && !words ? 30_000 : false,
  })
}

/** One meeting as those who belong to it see it. `quiet`: a stranger's page, where being refused is nothing. */
export function useMeeting(id: number, { quiet = false }: { quiet?: boolean } = {}) {
  return useQuery({
    queryKey: keys.one(id),
    queryFn: ({ signal }) => callApi(getMeeting, { params: { id } }, { signal }),
    refetchInterval: quiet ? false : 15_000,
  })
}

/** What anybody who has the number may know. */
export function usePreview(id: number) {
  return useQuery({
    queryKey: keys.preview(id),
    queryFn: ({ signal }) => callApi(previewMeeting, { params: { id } }, { signal }),
    staleTime: 0,
    // Whether one will be recorded has to be seen in time.
    refetchInterval: 5_000,
  })
}

/** Who belongs to a meeting, and who of them is inside. */
export function useParticipants(
  id: number,
  { enabled = true, every = 15_000 }: { enabled?: boolean; every?: number } = {},
) {
  return useQuery({
    queryKey: keys.participants(id),
    queryFn: ({ signal }) => callApi(listParticipants, { params: { id } }, { signal }),
    enabled,
    refetchInterval: every,
  })
}

/** People to invite, by a part of their name or their whole address. */
export function usePeople(words: string) {
  return useQuery({
    queryKey: ['people', words],
    queryFn: ({ signal }) => callApi(lookupUsers, { query: { q: words } }, { signal }),
    enabled: words.length > 0,
    placeholderData: keepPreviousData,
    select: (data) => data.users,
  })
}
