import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Notification } from '#contracts/schemas/notify.ts'
import { Badge } from '@/ui/badge.tsx'
import { Time } from '@/ui/time.tsx'

const shape = 'flex items-start gap-3 px-3 py-2.5 text-left transition-colors hover:bg-hover md:px-4'

/** One thing one was told; following it reads it. */
export function NotificationRow({ notification, onRead }: { notification: Notification; onRead: () => void }) {
  const { t } = useTranslation('alerts')
  const isNew = notification.read_at === null
  const inside = (
    <>
      <span className="min-w-0 flex-1">
        <span className={isNew ? 'block break-words font-medium' : 'block break-words text-ink-2'}>
          {notification.title}
        </span>
        {notification.text !== '' && (
          <span className="line-clamp-2 whitespace-pre-line text-12 text-ink-3">{notification.text}</span>
        )}
      </span>
      <span className="flex shrink-0 items-center gap-2 text-12 text-ink-3">
        {isNew && <Badge tone="accent">{t('notifications.new')}</Badge>}
        <Time value={notification.created_at} />
      </span>
    </>
  )
  return (
    <li className="border-line not-last:border-b">
      <Target url={notification.url} onFollow={() => isNew && onRead()}>
        {inside}
      </Target>
    </li>
  )
}

/** A place of ours, a page elsewhere, or nothing to go to. */
function Target({ url, onFollow, children }: { url: string | null; onFollow: () => void; children: ReactNode }) {
  if (url === null) {
    return (
      <button type="button" className={`w-full ${shape}`} onClick={onFollow}>
        {children}
      </button>
    )
  }
  if (url.startsWith('/')) {
    return (
      <Link to={url} className={shape} onClick={onFollow}>
        {children}
      </Link>
    )
  }
  return (
    <a href={url} target="_blank" rel="noreferrer" className={shape} onClick={onFollow}>
      {children}
    </a>
  )
}
