import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { listJobs } from '#contracts/ffmpeg.ts'
import { linkMedia, listMedia, mediaUsage } from '#contracts/media.ts'
import type { FileType } from '#contracts/schemas/media.ts'
import { callApi } from '@/lib/api.ts'

/** Everything of the library in the cache. */
export const libraryKey = ['library'] as const

/** How many files stand on a page. */
export const PAGE_SIZE = 24

const JOBS = 8
const LOOK_MS = 2_000

/** A page of files; those that have no picture yet may soon have one. */
export function useFiles(kind: FileType | 'all', words: string, page: number) {
  return useQuery({
    queryKey: [...libraryKey, 'files', kind, words, page],
    queryFn: ({ signal }) => {
      const narrowed = { ...(kind !== 'all' && { file_type: kind }), ...(words !== '' && { keyword: words }) }
      return callApi(listMedia, { query: { page, page_size: PAGE_SIZE, ...narrowed } }, { signal })
    },
    placeholderData: keepPreviousData,
  })
}

/** What one keeps and may keep. */
export function useUsage() {
  return useQuery({
    queryKey: [...libraryKey, 'usage'],
    queryFn: ({ signal }) => callApi(mediaUsage, {}, { signal }),
  })
}

/** The latest conversions, looked at again while one is not over. */
export function useJobs() {
  return useQuery({
    queryKey: [...libraryKey, 'jobs'],
    queryFn: ({ signal }) => callApi(listJobs, { query: { limit: JOBS } }, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.jobs.some((job) => job.status === 'queued' || job.status === 'processing') ? LOOK_MS : false,
  })
}

/** An address that a player can open. */
export function useLink(fileId: string) {
  return useQuery({
    queryKey: [...libraryKey, 'link', fileId],
    queryFn: ({ signal }) => callApi(linkMedia, { params: { id: fileId }, body: {} }, { signal }),
    staleTime: 30 * 60_000,
  })
}
