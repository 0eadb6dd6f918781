import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { listAlerts } from '#contracts/board-alerts.ts'
import { callApi } from '@/lib/api.ts'
import { Card, Section as PageSection } from '@/ui/page.tsx'
import { LinkButton } from '@/ui/button.tsx'
import { keys } from '../api/keys.ts'
import { AlertRow } from './alert-row.tsx'

/** The newest alerts on Home; nothing where there are none. */
export function Section() {
  const { t } = useTranslation('alerts')
  const { data } = useQuery({
    queryKey: [...keys.alerts, 'home'],
    queryFn: ({ signal }) => callApi(listAlerts, { query: { limit: 5 } }, { signal }),
  })
  if (data === undefined || data.alerts.length === 0) return null
  return (
    <PageSection
      title={t('home')}
      actions={
        <LinkButton to="/alerts" kind="ghost" size="sm">
          {t('all')}
        </LinkButton>
      }
    >
      <Card>
        <ul>
          {data.alerts.map((alert) => (
            <AlertRow key={alert.id} alert={alert} />
          ))}
        </ul>
      </Card>
    </PageSection>
  )
}
