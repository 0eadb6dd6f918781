import { useTranslation } from 'react-i18next'
import type { BoardStatus } from '#contracts/schemas/alerts.ts'
import { Badge, type Tone } from '@/ui/badge.tsx'
import { type Column, Table } from '@/ui/table.tsx'
import { Time } from '@/ui/time.tsx'

const tones: Record<BoardStatus['state'], Tone> = {
  ok: 'ok',
  waiting: 'neutral',
  idle: 'neutral',
  failing: 'warn',
  gone: 'danger',
}

/** Boards with how watching them goes. */
export function BoardTable({ boards }: { boards: readonly BoardStatus[] }) {
  const { t } = useTranslation('alerts')
  const columns: Column<BoardStatus>[] = [
    { id: 'board', title: t('boards.board'), className: 'w-full font-medium', cell: (one) => one.board },
    {
      id: 'state',
      title: t('boards.state'),
      cell: (one) => (
        <span className="flex flex-col items-start gap-0.5">
          <Badge tone={tones[one.state]}>{t(`boards.states.${one.state}`)}</Badge>
          {one.reason && (
            <span className="text-12 text-ink-3">
              {t(`boards.reasons.${one.reason.replaceAll('.', '-')}`, { defaultValue: one.reason })}
            </span>
          )}
        </span>
      ),
    },
    {
      id: 'read',
      title: t('boards.read'),
      className: 'text-ink-2',
      cell: (one) => (one.polled_at === null ? '—' : <Time value={one.polled_at} />),
    },
    { id: 'watchers', title: t('boards.watchers'), end: true, from: 'md', cell: (one) => one.watchers },
  ]
  return <Table caption={t('boards.title')} columns={columns} rows={boards} rowKey={(one) => one.board} />
}
