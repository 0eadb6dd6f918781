import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { callService, getCall, getCallLimits, listCalls, listNeverCall } from '#contracts/calls.ts'
import { dashboard } from '#contracts/users.ts'
import { callApi } from '@/lib/api.ts'

/** Everything about calls in the cache. */
export const callsKey = ['calls'] as const
export const keys = {
  history: [...callsKey, 'history'] as const,
  one: (callId: string) => [...callsKey, 'one', callId] as const,
  service: [...callsKey, 'service'] as const,
  connections: [...callsKey, 'connections'] as const,
  limits: [...callsKey, 'limits'] as const,
  neverCall: [...callsKey, 'never-call'] as const,
}

const PAGE = 30

/** The account's calls, newest first, page after page. */
export function useHistory() {
  return useInfiniteQuery({
    queryKey: keys.history,
    queryFn: ({ pageParam, signal }) =>
      callApi(
        listCalls,
        { query: { limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) } },
        { signal },
      ),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
}

/** One call. */
export function useCall(callId: string) {
  return useQuery({
    queryKey: keys.one(callId),
    queryFn: ({ signal }) => callApi(getCall, { params: { callId } }, { signal }),
  })
}

/** Whether calls can be made here, and how many are left today. */
export function useService() {
  return useQuery({ queryKey: keys.service, queryFn: ({ signal }) => callApi(callService, {}, { signal }) })
}

/** The sockets of the account and its key, as document 1's dashboard has them. */
export function useConnections() {
  return useQuery({
    queryKey: keys.connections,
    queryFn: ({ signal }) => callApi(dashboard, {}, { signal }),
    refetchInterval: 5_000,
  })
}

/** The limits in force, for admins. */
export function useLimits() {
  return useQuery({ queryKey: keys.limits, queryFn: ({ signal }) => callApi(getCallLimits, {}, { signal }) })
}

/** The numbers that are never called, for admins. */
export function useNeverCall() {
  return useQuery({ queryKey: keys.neverCall, queryFn: ({ signal }) => callApi(listNeverCall, {}, { signal }) })
}
