import { useTranslation } from 'react-i18next'
import { cancelJob, retryJob } from '#contracts/ffmpeg.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Badge, type Tone } from '@/ui/badge.tsx'
import { Button, LinkButton } from '@/ui/button.tsx'
import { Icon, type IconName } from '@/ui/icons.tsx'
import { Progress } from '@/ui/progress.tsx'
import { Time } from '@/ui/time.tsx'
import { type MediaJob, isUnderWay, jobsKey } from '../api/jobs.ts'

const ICONS: Record<string, IconName> = {
  transcode: 'refresh-cw',
  extract_audio: 'music',
  extract_video: 'film',
  merge: 'list',
  thumbnail: 'image',
  process: 'wand-sparkles',
}
const TONES: Record<MediaJob['status'], Tone> = {
  queued: 'neutral',
  processing: 'accent',
  completed: 'ok',
  failed: 'danger',
  cancelled: 'neutral',
}

/** Conversions: how far they are, why they failed, and what came of them. */
export function JobRows({ jobs }: { jobs: readonly MediaJob[] }) {
  const { t } = useTranslation('library')
  return (
    <ul aria-label={t('tabs.jobs')} className="rounded-10 border border-line bg-canvas dark:bg-raised">
      {jobs.map((job) => (
        <li key={job.job_id} className="border-line not-last:border-b">
          <JobRow job={job} />
        </li>
      ))}
    </ul>
  )
}

function JobRow({ job }: { job: MediaJob }) {
  const { t } = useTranslation('library')
  const cancel = useAct({
    act: () => callApi(cancelJob, { params: { id: Number(job.job_id) } }),
    invalidates: [jobsKey],
  })
  const retry = useAct({
    act: () => callApi(retryJob, { params: { id: Number(job.job_id) } }),
    invalidates: [jobsKey],
  })
  const type = t(`jobs.type.${job.type}`, { defaultValue: job.type })
  const running = isUnderWay(job)
  const failed = job.status === 'failed' || job.status === 'cancelled'
  const [first] = job.output_file_ids
  return (
    <div className="flex flex-wrap items-start gap-x-3 gap-y-2 px-3 py-3 md:px-4">
      <span className="grid size-9 shrink-0 place-items-center rounded-6 bg-pressed text-ink-2">
        <Icon name={ICONS[job.type] ?? 'film'} size={18} />
      </span>
      <div className="min-w-0 flex-1 basis-40">
        <p className="flex items-center gap-2">
          <span className="font-medium">{type}</span>
          <Badge tone={TONES[job.status]}>{t(`jobs.status.${job.status}`)}</Badge>
        </p>
        <p className="truncate text-12 text-ink-3">
          {job.source_names.length > 0 ? job.source_names.join('、') : t('jobs.sourceGone')} ·{' '}
          <Time value={job.created_at} />
        </p>
        {job.status === 'processing' && (
          <div className="mt-1.5 flex items-center gap-3">
            <Progress label={t('jobs.progress', { type })} value={job.progress} />
            <span className="w-9 shrink-0 text-right text-12 tabular-nums text-ink-3">{job.progress}%</span>
          </div>
        )}
        {job.error !== null && <Reason text={job.error} />}
      </div>
      <div className="ml-auto flex gap-2">
        {running && (
          <Button size="sm" busy={cancel.isPending} onClick={() => cancel.mutate()}>
            {t('jobs.cancel')}
          </Button>
        )}
        {failed && (
          <Button size="sm" icon="refresh-cw" busy={retry.isPending} onClick={() => retry.mutate()}>
            {t('jobs.retry')}
          </Button>
        )}
        {first !== undefined && (
          <LinkButton size="sm" to={`/library/files/${first}`}>
            {job.output_file_ids.length > 1
              ? t('jobs.openFirst', { count: job.output_file_ids.length })
              : t('jobs.open')}
          </LinkButton>
        )}
      </div>
    </div>
  )
}

/** What went wrong, with ffmpeg's own last words as they are: whoever can act on them knows them. */
function Reason({ text }: { text: string }) {
  const { t } = useTranslation('library')
  return (
    <div className="mt-1.5 rounded-6 bg-danger-soft px-2.5 py-1.5 text-12 text-danger-ink">
      <p>{t('jobs.failedWhy')}</p>
      <p lang="en" className="whitespace-pre-wrap font-mono wrap-anywhere">
        {text}
      </p>
    </div>
  )
}
