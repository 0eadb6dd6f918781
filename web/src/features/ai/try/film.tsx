import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BodyOf } from '#contracts/route.ts'
import { cancelEnhancement, enhanceVideo } from '#contracts/speech.ts'
import { callApi } from '@/lib/api.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Field, Select } from '@/ui/field.tsx'
import { Card } from '@/ui/page.tsx'
import { Progress } from '@/ui/progress.tsx'
import { ErrorState } from '@/ui/states.tsx'
import { useAiAct } from '../api/act.ts'
import { type Enhancement, keys, useEnhancement, useLink } from '../api/queries.ts'
import { FactsLine } from './facts-line.tsx'
import { KeptFile } from './kept-file.tsx'
import { ModelChoice } from './model-choice.tsx'
import { Run } from './running.tsx'
import { usePlayback } from './use-playback.ts'
import { type Heard, useFileSource } from './use-source.ts'
import { useTry } from './use-try.ts'
import { VersionsPlayer } from './versions-player.tsx'

const TYPES = ['denoising', 'stabilization', 'super_resolution', 'color_correction'] as const satisfies readonly BodyOf<
  typeof enhanceVideo
>['enhancement_type'][]
const SIZES = ['', '720p', '1080p', '1440p', '2160p'] as const

interface FilmProps {
  file: File
  /** Tells the address which job this is, so that a reload finds it again. */
  onJob: (jobId: number) => void
}

/** Sends a film to be bettered. */
export function Film({ file, onJob }: FilmProps) {
  const { t } = useTranslation('ai')
  const [type, setType] = useState<string>('denoising')
  const [size, setSize] = useState('')
  const [model, setModel] = useState('')
  const state = useTry(enhanceVideo)
  const heard = useFileSource(file)
  const playback = usePlayback(1)
  const jobId = state.result && Number(state.result.job_id)
  useEffect(() => {
    if (jobId !== undefined) onJob(jobId)
    // Told once for each job, not whenever the page draws itself anew.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [jobId])
  return (
    <>
      {jobId === undefined && (
        <VersionsPlayer
          kind="video"
          title={file.name}
          playback={playback}
          versions={[{ id: 'before', label: t('try.before'), ...heard }]}
        />
      )}
      <Run
        use="film"
        state={state}
        onRun={() =>
          state.run({
            video: file,
            enhancement_type: type,
            target_resolution: type === 'super_resolution' ? size : '',
            model: type === 'super_resolution' ? model : '',
          })
        }
        onCancel={state.cancel}
        options={
          <>
            <Field label={t('film.what')} hint={t(`film.about.${type}`)} className="w-64 max-sm:w-full">
              <Select
                value={type}
                onValue={setType}
                options={TYPES.map((value) => ({ value, label: t(`film.type.${value}`) }))}
              />
            </Field>
            {type === 'super_resolution' && (
              <Field label={t('film.size')} className="w-40 self-start max-sm:w-full">
                <Select
                  value={size}
                  onValue={setSize}
                  options={SIZES.map((value) => ({ value, label: value === '' ? t('film.double') : value }))}
                />
              </Field>
            )}
            {type === 'super_resolution' && (
              <ModelChoice
                type="super-resolution"
                value={model}
                onValue={setModel}
                others={[{ value: 'lanczos', label: t('film.lanczos') }]}
              />
            )}
          </>
        }
      />
      {jobId !== undefined && <FilmJob key={jobId} jobId={jobId} before={heard} />}
    </>
  )
}

interface JobProps {
  jobId: number
  /** The film as it was, where it is still at hand. */
  before?: Heard
}

/** How far a film is, and then what became of it. */
export function FilmJob({ jobId, before }: JobProps) {
  const { t } = useTranslation('ai')
  const { data: job, error, refetch } = useEnhancement(jobId)
  const cancel = useAiAct({
    act: () => callApi(cancelEnhancement, { params: { job_id: jobId } }),
    invalidates: [keys.film(jobId)],
  })
  if (error && !job) return <ErrorState compact error={error} onRetry={() => void refetch()} />
  if (!job) return null
  if (job.status === 'cancelled') return <Notice>{t('film.cancelled')}</Notice>
  if (job.status === 'failed') return <Notice tone="danger">{job.error ?? t('film.failed')}</Notice>
  if (job.output_file_id === null) {
    return (
      <Card className="flex flex-wrap items-center gap-4 p-4">
        <div className="min-w-0 flex-1 basis-60">
          <p role="status" className="mb-2">
            {job.status === 'queued' ? t('film.queued') : t('film.working', { percent: Math.round(job.progress) })}
          </p>
          <Progress label={t('try.progress')} value={job.status === 'queued' ? null : job.progress} />
          <p className="mt-2 text-12 text-ink-3">{t('film.leave')}</p>
        </div>
        <Button className="ml-auto" busy={cancel.isPending} onClick={() => cancel.mutate()}>
          {t('cancel')}
        </Button>
      </Card>
    )
  }
  return <Bettered job={job} fileId={job.output_file_id} before={before} />
}

interface BetteredProps {
  job: Enhancement
  fileId: string
  before: Heard | undefined
}

function Bettered({ job, fileId, before }: BetteredProps) {
  const { t } = useTranslation('ai')
  const link = useLink(fileId)
  const after: Heard = { src: link.data?.url, peaks: null }
  const playback = usePlayback(before === undefined ? 1 : 2)
  return (
    <>
      <VersionsPlayer
        kind="video"
        title={t('film.compare')}
        playback={playback}
        versions={[
          ...(before === undefined ? [] : [{ id: 'before', label: t('try.before'), ...before }]),
          { id: 'after', label: t('try.after'), ...after },
        ]}
      />
      <FactsLine facts={[[t('film.method'), job.method]]} />
      <KeptFile url={link.data?.url} />
    </>
  )
}
