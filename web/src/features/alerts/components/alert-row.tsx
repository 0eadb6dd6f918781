import { useTranslation } from 'react-i18next'
import type { Alert } from '#contracts/schemas/alerts.ts'
import { Badge } from '@/ui/badge.tsx'
import { Icon } from '@/ui/icons.tsx'
import { Time } from '@/ui/time.tsx'

/** One article that matched: what it is, why one is told, and the way there. */
export function AlertRow({ alert }: { alert: Alert }) {
  const { t } = useTranslation('alerts')
  return (
    <li className="border-line not-last:border-b">
      <a
        href={alert.url}
        target="_blank"
        rel="noreferrer"
        className="flex items-start gap-3 px-3 py-2.5 transition-colors hover:bg-hover md:px-4"
      >
        <span className="min-w-0 flex-1">
          <span className="block break-words font-medium">{alert.title}</span>
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-12 text-ink-3">
            <span className="font-medium text-ink-2">{alert.board}</span>
            <span>{alert.author}</span>
            <Badge tone={alert.kind === 'boo' ? 'danger' : alert.kind === 'push' ? 'ok' : 'neutral'}>
              {t(`why.${alert.kind === 'new' ? alert.sub_type : alert.kind}`, { value: alert.value })}
            </Badge>
            <Time value={alert.created_at} className="md:hidden" />
          </span>
        </span>
        <span className="flex h-6 shrink-0 items-center gap-2 text-12 text-ink-3">
          <Time value={alert.created_at} className="hidden md:inline" />
          <Icon name="external-link" size={14} />
        </span>
      </a>
    </li>
  )
}
