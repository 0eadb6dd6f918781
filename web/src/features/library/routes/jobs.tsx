import { useTranslation } from 'react-i18next'
import { LinkButton } from '@/ui/button.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { useJobs } from '../api/jobs.ts'
import { JobRows } from '../components/job-rows.tsx'
import { LibraryFrame } from '../components/library-frame.tsx'

/** Conversions, the newest first. */
export function Page() {
  const { t } = useTranslation('library')
  const { data: jobs, error, refetch } = useJobs()
  return (
    <LibraryFrame>
      {error && !jobs ? (
        <ErrorState error={error} title={t('jobs.notLoaded')} onRetry={() => void refetch()} />
      ) : !jobs ? (
        <SkeletonRows />
      ) : jobs.length === 0 ? (
        <EmptyState
          icon="wand-sparkles"
          title={t('jobs.empty')}
          action={
            <LinkButton to="/library" kind="primary">
              {t('jobs.toFiles')}
            </LinkButton>
          }
        >
          {t('jobs.emptyWhat')}
        </EmptyState>
      ) : (
        <JobRows jobs={jobs} />
      )}
    </LibraryFrame>
  )
}
