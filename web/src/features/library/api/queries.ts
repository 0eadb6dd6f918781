import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { linkMedia, listMedia, mediaInfo, mediaUsage } from '#contracts/media.ts'
import type { FileType, MediaFile } from '#contracts/schemas/media.ts'
import { callApi } from '@/lib/api.ts'

/** Everything of the library in the cache. */
export const libraryKey = ['library'] as const

/** What one keeps and may keep, in the cache. */
export const usageKey = [...libraryKey, 'usage'] as const

/** How many files stand on a page. */
export const PAGE_SIZE = 24

const PREVIEW_MS = 3_000
/** A film gets its picture within moments, or never. */
const PREVIEW_WAIT_MS = 90_000
const ONE_FILE_MS = 10_000

/** Which files are shown. */
export interface FilesShown {
  kind: FileType | 'all'
  scope: 'all' | 'mine' | 'meetings'
  words: string
  page: number
}

/** A page of files; looked at again while new ones still get their pictures. */
export function useFiles({ kind, scope, words, page }: FilesShown) {
  return useQuery({
    queryKey: [...libraryKey, 'files', kind, scope, words, page],
    queryFn: ({ signal }) => {
      const query = {
        page,
        page_size: PAGE_SIZE,
        ...(kind !== 'all' && { file_type: kind }),
        ...(scope !== 'all' && { scope }),
        ...(words !== '' && { keyword: words }),
      }
      return callApi(listMedia, { query }, { signal })
    },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.files.some(awaitsPicture) ? PREVIEW_MS : false),
  })
}

function awaitsPicture(file: MediaFile): boolean {
  const canHave = file.file_type === 'video' || file.file_type === 'image'
  return canHave && file.preview_url === null && Date.now() - Date.parse(file.created_at) < PREVIEW_WAIT_MS
}

/** One file, with what ffprobe saw in it. */
export function useFile(id: string | null) {
  return useQuery({
    queryKey: [...libraryKey, 'file', id],
    queryFn: ({ signal }) => callApi(mediaInfo, { params: { id: id ?? '' } }, { signal }),
    enabled: id !== null,
    staleTime: ONE_FILE_MS,
  })
}

/** What was made of a file. */
export function useMadeOf(id: string) {
  return useQuery({
    queryKey: [...libraryKey, 'made-of', id],
    queryFn: ({ signal }) => callApi(listMedia, { query: { source_id: id, page_size: 50 } }, { signal }),
    select: (data) => data.files,
  })
}

/** What one keeps and may keep. */
export function useUsage() {
  return useQuery({
    queryKey: usageKey,
    queryFn: ({ signal }) => callApi(mediaUsage, {}, { signal }),
  })
}

/** An address that a player can open. */
export function useLink(fileId: string | null) {
  return useQuery({
    queryKey: [...libraryKey, 'link', fileId],
    queryFn: ({ signal }) => callApi(linkMedia, { params: { id: fileId ?? '' }, body: {} }, { signal }),
    enabled: fileId !== null,
    staleTime: 30 * 60_000,
  })
}

/** Saves a file to the device. */
export async function downloadFile(fileId: string): Promise<void> {
  const { url } = await callApi(linkMedia, { params: { id: fileId }, body: {} })
  const link = document.createElement('a')
  link.href = `${url}&download=1`
  link.download = ''
  link.click()
}
