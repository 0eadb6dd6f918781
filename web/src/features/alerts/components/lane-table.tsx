import { useTranslation } from 'react-i18next'
import type { Lane, OutgoingService } from '#contracts/schemas/notify.ts'
import { Badge } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { type Column, Table } from '@/ui/table.tsx'
import { Time } from '@/ui/time.tsx'

/** The services as wholes: what waits, what went, what is paused. */
export function LaneTable({
  lanes,
  onResume,
}: {
  lanes: readonly Lane[]
  onResume: (service: OutgoingService) => void
}) {
  const { t } = useTranslation('alerts')
  const columns: Column<Lane>[] = [
    {
      id: 'service',
      title: t('deliveries.service'),
      className: 'w-full font-medium',
      cell: (lane) => t(`service.${lane.service}`),
    },
    {
      id: 'state',
      title: t('deliveries.state'),
      cell: (lane) =>
        !lane.configured ? (
          <Badge>{t('admin.lanes.off')}</Badge>
        ) : lane.paused_until === null ? (
          <Badge tone="ok">{t('admin.lanes.on')}</Badge>
        ) : (
          <span className="flex flex-col items-start gap-0.5">
            <Badge tone="warn">{t(`reasons.${lane.reason ?? ''}`, { defaultValue: lane.reason ?? '' })}</Badge>
            <span className="text-12 text-ink-3">
              {t('admin.lanes.until')} <Time value={lane.paused_until} style="datetime" />
            </span>
          </span>
        ),
    },
    { id: 'queued', title: t('deliveries.states.queued'), end: true, cell: (lane) => lane.queued },
    { id: 'sent', title: t('admin.lanes.sent'), end: true, from: 'md', cell: (lane) => lane.delivered_today },
    { id: 'dead', title: t('admin.lanes.dead'), end: true, from: 'md', cell: (lane) => lane.dead_today },
    {
      id: 'act',
      title: t('deliveries.act'),
      hiddenTitle: true,
      end: true,
      cell: (lane) =>
        lane.paused_until !== null && (
          <Button size="sm" onClick={() => onResume(lane.service)}>
            {t('admin.lanes.resume')}
          </Button>
        ),
    },
  ]
  return <Table caption={t('admin.lanes.title')} columns={columns} rows={lanes} rowKey={(lane) => lane.service} />
}
