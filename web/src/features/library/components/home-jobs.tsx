import { useTranslation } from 'react-i18next'
import { Section as Frame } from '@/ui/page.tsx'
import { isUnderWay, useJobs } from '../api/jobs.ts'
import { JobRows } from './job-rows.tsx'

/** Conversions under way; nothing where there are none. */
export function Section() {
  const { t } = useTranslation('library')
  const running = useJobs().data?.filter(isUnderWay) ?? []
  if (running.length === 0) return null
  return (
    <Frame title={t('tabs.jobs')} id="home-jobs">
      <JobRows jobs={running.slice(0, 3)} />
    </Frame>
  )
}
