import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Delivery } from '#contracts/schemas/notify.ts'
import { Badge, type Tone } from '@/ui/badge.tsx'
import { type Column, Table } from '@/ui/table.tsx'
import { Time } from '@/ui/time.tsx'

const tones: Record<Delivery['state'], Tone> = { queued: 'neutral', delivered: 'ok', dead: 'danger', cancelled: 'warn' }

/** What was sent where, and how it ended. */
export function DeliveryTable({
  deliveries,
  action,
}: {
  deliveries: readonly Delivery[]
  /** Buttons of an admin. */
  action?: (delivery: Delivery) => ReactNode
}) {
  const { t } = useTranslation('alerts')
  const columns: Column<Delivery>[] = [
    {
      id: 'at',
      title: t('deliveries.at'),
      from: 'md',
      className: 'text-ink-2',
      cell: (one) => <Time value={one.created_at} style="datetime" />,
    },
    {
      id: 'service',
      title: t('deliveries.service'),
      cell: (one) => (
        <span>
          {t(`service.${one.service}`)}
          {action && <span className="block text-12 text-ink-3">#{one.account_id}</span>}
          <span className="line-clamp-2 min-w-28 whitespace-normal break-words text-12 text-ink-3 md:hidden">
            {one.excerpt}
          </span>
          <Time value={one.created_at} style="datetime" className="text-12 text-ink-3 md:hidden" />
        </span>
      ),
    },
    {
      id: 'text',
      title: t('deliveries.text'),
      from: 'md',
      className: 'w-full max-w-0 truncate',
      cell: (one) => one.excerpt.replaceAll('\n', ' '),
    },
    {
      id: 'state',
      title: t('deliveries.state'),
      cell: (one) => (
        <span className="flex flex-col items-start gap-0.5">
          <Badge tone={tones[one.state]}>{t(`deliveries.states.${one.state}`)}</Badge>
          {one.reason && (
            <span className="whitespace-normal text-12 text-ink-3" title={one.detail ?? undefined}>
              {t(`reasons.${one.reason}`, { defaultValue: one.reason })}
            </span>
          )}
        </span>
      ),
    },
    ...(action
      ? [
          {
            id: 'act',
            title: t('deliveries.act'),
            hiddenTitle: true,
            end: true,
            cell: action,
          } satisfies Column<Delivery>,
        ]
      : []),
  ]
  return <Table caption={t('deliveries.title')} columns={columns} rows={deliveries} rowKey={(one) => one.id} />
}
