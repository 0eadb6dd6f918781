import { useQuery, useQueryClient } from '@tanstack/react-query'
import { countUnread } from '#contracts/notify.ts'
import { callApi } from '@/lib/api.ts'
import { useLiveEvent } from '@/lib/live.ts'
import { useSignedIn } from '@/lib/session.ts'
import { keys } from './keys.ts'

/** The cache's key of everything about notifications. */
export const notificationsKey = ['notifications'] as const

/** How many notifications are unread, live; keeps what else is shown of alerts fresh, too. */
export function useUnread(): number {
  const client = useQueryClient()
  const refresh = (): void => void client.invalidateQueries({ queryKey: notificationsKey })
  useLiveEvent('notify.notification.created', refresh)
  useLiveEvent('notify.notification.read', refresh)
  // Here, because this is mounted wherever one is: what changed meanwhile is read anew when it is looked at.
  useLiveEvent('alerts.alert.raised', () => void client.invalidateQueries({ queryKey: keys.alerts }))
  const { data } = useQuery({
    queryKey: [...notificationsKey, 'unread'],
    queryFn: ({ signal }) => callApi(countUnread, {}, { signal }),
    enabled: useSignedIn(),
  })
  return data?.unread ?? 0
}
