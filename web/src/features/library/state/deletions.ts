import i18next from 'i18next'
import { useSyncExternalStore } from 'react'
import { deleteMedia } from '#contracts/media.ts'
import type { MediaFile } from '#contracts/schemas/media.ts'
import { queryClient } from '@/app/query.ts'
import { addressOf, callApi } from '@/lib/api.ts'
import { describeError } from '@/lib/describe-error.ts'
import { currentSession, onSessionChange } from '@/lib/session.ts'
import { toast } from '@/ui/toast.tsx'
import { libraryKey } from '../api/queries.ts'

/** Ids of files that are out of sight and will be deleted once nobody can take it back any more. */
let leaving: ReadonlySet<string> = new Set()
const listeners = new Set<() => void>()

function change(to: ReadonlySet<string>): void {
  leaving = to
  for (const listener of listeners) listener()
}

const without = (ids: readonly string[]): ReadonlySet<string> =>
  new Set([...leaving].filter((each) => !ids.includes(each)))

/** Takes files out of sight at once; they are deleted when the message that offers to take it back is gone. */
export function deleteFiles(files: readonly MediaFile[]): void {
  const [first] = files
  if (first === undefined) return
  const ids = files.map((file) => file.file_id)
  change(new Set([...leaving, ...ids]))
  const text =
    files.length === 1
      ? i18next.t('library:deletedNamed', { name: first.file_name })
      : i18next.t('library:deleted', { count: files.length })
  toast(text, {
    action: { label: i18next.t('common:undo'), run: () => change(without(ids)) },
    onGone: () => void finish(ids.filter((id) => leaving.has(id))),
  })
}

async function finish(ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  try {
    for (const id of ids) await callApi(deleteMedia, { params: { id } })
  } catch (error) {
    toast(describeError(error, i18next.getFixedT(null, 'common')).sentence, { tone: 'danger' })
  }
  // Not seen again for the moment between the deletion and the next look.
  await queryClient.invalidateQueries({ queryKey: libraryKey })
  change(without(ids))
}

/** Ids of files that are as good as deleted. */
export function useLeaving(): ReadonlySet<string> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => leaving,
  )
}

// Whoever closes the page meant what they said.
addEventListener('pagehide', () => {
  const session = currentSession()
  if (session === null) return
  const headers = { authorization: `Bearer ${session.accessToken}` }
  for (const id of leaving) {
    void fetch(addressOf(deleteMedia, { id }), { method: deleteMedia.method, headers, keepalive: true }).catch(() => {})
  }
  change(new Set())
})

onSessionChange(() => {
  if (!currentSession()) change(new Set())
})
