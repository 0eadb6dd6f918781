import { useTranslation } from 'react-i18next'
import type { Broadcast } from '#contracts/schemas/notify.ts'
import { Badge } from '@/ui/badge.tsx'
import { Progress } from '@/ui/progress.tsx'
import { Time } from '@/ui/time.tsx'

/** A broadcast: its text, how far it is, and why some did not arrive. */
export function BroadcastProgress({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation('alerts')
  const { total, queued, delivered, failed } = broadcast
  const done = total === 0 ? 100 : Math.round(((total - queued) / total) * 100)
  return (
    <li className="grid gap-2 border-line px-3 py-3 not-last:border-b md:px-4">
      <p className="line-clamp-2 whitespace-pre-line break-words font-medium">{broadcast.content}</p>
      {queued > 0 && <Progress label={t('admin.broadcast.progress')} value={done} />}
      <p className="flex flex-wrap items-center gap-2 text-12 text-ink-3">
        <Time value={broadcast.created_at} />
        <span>{broadcast.platforms.map((service) => t(`service.${service}`)).join(' · ')}</span>
        <Badge tone="ok">{t('admin.broadcast.delivered', { delivered, total })}</Badge>
        {queued > 0 && <Badge>{t('admin.broadcast.queued', { queued })}</Badge>}
        {failed > 0 && <Badge tone="danger">{t('admin.broadcast.lost', { failed })}</Badge>}
        {broadcast.reasons.map(({ reason, count }) => (
          <span key={reason}>
            {t(`reasons.${reason}`, { defaultValue: reason })} × {count}
          </span>
        ))}
      </p>
    </li>
  )
}
