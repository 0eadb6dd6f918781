import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '@/lib/time.ts'
import { CountBadge } from '@/ui/badge.tsx'
import { Page } from '@/ui/page.tsx'
import { TabLinks } from '@/ui/tabs.tsx'
import { isUnderWay, useJobs } from '../api/jobs.ts'
import { useUsage } from '../api/queries.ts'

/** The three places of the library under one heading: files, recordings of meetings, conversions. */
export function LibraryFrame({ actions, children }: { actions?: ReactNode; children: ReactNode }) {
  const { t, i18n } = useTranslation('library')
  const usage = useUsage().data
  const running = useJobs().data?.filter(isUnderWay).length ?? 0
  const subtitle =
    usage &&
    t('usage', { used: formatBytes(usage.used, i18n.language), quota: formatBytes(usage.quota, i18n.language) })
  return (
    <Page title={t('title')} subtitle={subtitle} actions={actions}>
      <div className="mb-4">
        <TabLinks
          label={t('title')}
          links={[
            { to: '/library', label: t('tabs.files') },
            { to: '/library/recordings', label: t('tabs.recordings') },
            {
              to: '/library/jobs',
              label: (
                <>
                  {t('tabs.jobs')}
                  <CountBadge count={running} label={t('jobs.running', { count: running })} />
                </>
              ),
            },
          ]}
        />
      </div>
      {children}
    </Page>
  )
}
