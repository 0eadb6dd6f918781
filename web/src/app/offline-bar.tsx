import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '@/ui/icons.tsx'

function subscribe(listener: () => void) {
  window.addEventListener('online', listener)
  window.addEventListener('offline', listener)
  return () => {
    window.removeEventListener('online', listener)
    window.removeEventListener('offline', listener)
  }
}

/** Whether the device has a network at all. */
export function useOnline(): boolean {
  return useSyncExternalStore(subscribe, () => navigator.onLine)
}

/** A quiet bar while there is no network. */
export function OfflineBar() {
  const { t } = useTranslation('shell')
  const online = useOnline()
  return (
    <div role="status" aria-live="polite">
      {!online && (
        <p className="flex min-h-8 items-center justify-center gap-2 bg-warn-soft px-4 py-1 text-12 text-warn-ink">
          <Icon name="wifi-off" size={14} />
          {t('offline')}
        </p>
      )}
    </div>
  )
}
