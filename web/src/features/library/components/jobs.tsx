import { useEffect, useRef } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { cancelJob, retryJob } from '#contracts/ffmpeg.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Badge } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { List, ListRow } from '@/ui/list.tsx'
import { Section } from '@/ui/page.tsx'
import { Progress } from '@/ui/progress.tsx'
import { libraryKey, useJobs } from '../api/queries.ts'

/** The latest conversions: how far they are, why they failed; nothing where there were none. */
export function Jobs() {
  const { t } = useTranslation('library')
  const client = useQueryClient()
  const jobs = useJobs().data?.jobs ?? []
  const finished = jobs.filter((job) => job.status === 'completed').length
  const before = useRef(finished)
  useEffect(() => {
    // Its file is in the list now.
    if (finished > before.current) void client.invalidateQueries({ queryKey: [...libraryKey, 'files'] })
    before.current = finished
  }, [finished, client])
  const act = useAct({
    act: ({ id, what }: { id: string; what: 'cancel' | 'retry' }) =>
      callApi(what === 'cancel' ? cancelJob : retryJob, { params: { id: Number(id) } }),
    invalidates: [[...libraryKey, 'jobs']],
  })
  if (jobs.length === 0) return null
  return (
    <Section title={t('jobs.title')} id="library-jobs">
      <List label={t('jobs.title')}>
        {jobs.map((job) => {
          const isOver = job.status !== 'queued' && job.status !== 'processing'
          const canRetry = job.status === 'failed' || job.status === 'cancelled'
          return (
            <ListRow
              key={job.job_id}
              title={t(`jobs.type.${job.type}`)}
              subtitle={job.error ?? undefined}
              meta={
                isOver ? (
                  <Badge tone={job.status === 'completed' ? 'ok' : job.status === 'failed' ? 'danger' : 'neutral'}>
                    {t(`jobs.status.${job.status}`)}
                  </Badge>
                ) : (
                  <span className="w-32">
                    <Progress
                      label={t('jobs.progress', { type: t(`jobs.type.${job.type}`) })}
                      value={job.status === 'queued' ? null : job.progress}
                    />
                  </span>
                )
              }
              actions={
                !isOver || canRetry ? (
                  <Button
                    size="sm"
                    kind="ghost"
                    onClick={() => act.mutate({ id: job.job_id, what: isOver ? 'retry' : 'cancel' })}
                  >
                    {t(isOver ? 'jobs.retry' : 'jobs.cancel')}
                  </Button>
                ) : undefined
              }
            />
          )
        })}
      </List>
    </Section>
  )
}
