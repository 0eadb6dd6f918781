import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { auditLog } from '#contracts/admin-users.ts'
import type { AuditEntry } from '#contracts/schemas/account.ts'
import { callApi } from '@/lib/api.ts'
import { Card } from '@/ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { type Column, Pager, Table } from '@/ui/table.tsx'
import { Time } from '@/ui/time.tsx'
import { AdminPage } from '../components/admin-page.tsx'

const pageSize = 50

/** What happened to accounts: who, when, from where. */
export function Page() {
  const { t } = useTranslation('admin')
  const [page, setPage] = useState(1)
  const { data, error, refetch } = useQuery({
    queryKey: ['admin', 'audit', page],
    queryFn: ({ signal }) => callApi(auditLog, { query: { page, page_size: pageSize } }, { signal }),
    placeholderData: keepPreviousData,
  })
  const columns: Column<AuditEntry>[] = [
    {
      id: 'at',
      title: t('audit.at'),
      className: 'text-ink-2',
      cell: (entry) => <Time value={entry.at} style="datetime" />,
    },
    {
      id: 'event',
      title: t('audit.event'),
      // An event newer than this page's words shows by its own name.
      cell: (entry) => (
        <span className="font-medium">
          {t(`audit.events.${entry.event.replaceAll('.', '-')}`, { defaultValue: entry.event })}
        </span>
      ),
    },
    {
      id: 'who',
      title: t('audit.who'),
      className: 'md:w-full md:max-w-0 md:truncate',
      cell: (entry) => entry.email ?? (entry.account_id === null ? '—' : `#${entry.account_id}`),
    },
    {
      id: 'by',
      title: t('audit.by'),
      from: 'lg',
      className: 'text-ink-2',
      cell: (entry) =>
        entry.actor_id === null || entry.actor_id === entry.account_id ? t('audit.self') : `#${entry.actor_id}`,
    },
    {
      id: 'address',
      title: t('audit.address'),
      from: 'lg',
      className: 'tabular-nums text-ink-2',
      cell: (entry) => entry.address,
    },
  ]
  return (
    <AdminPage title={t('audit.title')}>
      {error && !data ? (
        <Card>
          <ErrorState error={error} title={t('audit.failed')} onRetry={() => void refetch()} />
        </Card>
      ) : !data ? (
        <Card>
          <SkeletonRows count={10} />
        </Card>
      ) : data.entries.length === 0 ? (
        <Card>
          <EmptyState icon="scroll-text" title={t('audit.none')} />
        </Card>
      ) : (
        <>
          <Table caption={t('audit.title')} columns={columns} rows={data.entries} rowKey={(entry) => entry.id} />
          <Pager page={page} pageSize={pageSize} total={data.total} onPage={setPage} />
        </>
      )}
    </AdminPage>
  )
}
