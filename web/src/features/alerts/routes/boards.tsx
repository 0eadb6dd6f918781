import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { watchedBoards } from '#contracts/board-alerts.ts'
import { callApi } from '@/lib/api.ts'
import { Notice } from '@/ui/badge.tsx'
import { LinkButton } from '@/ui/button.tsx'
import { Card } from '@/ui/page.tsx'
import { EmptyState } from '@/ui/states.tsx'
import { keys } from '../api/keys.ts'
import { AlertsPage } from '../components/alerts-page.tsx'
import { BoardTable } from '../components/board-table.tsx'
import { Loaded } from '../components/loaded.tsx'

const FOLLOW_MS = 15_000

/** How watching one's boards goes: when each was last read, and what is wrong where it is not. */
export function Page() {
  const { t } = useTranslation('alerts')
  const query = useQuery({
    queryKey: keys.boards,
    queryFn: ({ signal }) => callApi(watchedBoards, {}, { signal }),
    refetchInterval: FOLLOW_MS,
  })
  return (
    <AlertsPage title={t('boards.title')}>
      <Loaded query={query} failed={t('boards.failed')}>
        {({ boards, interval, site_reason }) => (
          <>
            {site_reason !== null && (
              <div className="mb-4">
                <Notice tone="warn">{t('boards.siteDown')}</Notice>
              </div>
            )}
            {boards.length === 0 ? (
              <Card>
                <EmptyState
                  icon="list"
                  title={t('boards.empty')}
                  action={<LinkButton to="/alerts/subscriptions">{t('subscriptions.first')}</LinkButton>}
                >
                  {t('boards.emptyHint')}
                </EmptyState>
              </Card>
            ) : (
              <>
                <p className="mb-3 text-ink-2">{t('boards.lead', { interval })}</p>
                <BoardTable boards={boards} />
              </>
            )}
          </>
        )}
      </Loaded>
    </AlertsPage>
  )
}
