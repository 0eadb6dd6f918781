import { useTranslation } from 'react-i18next'
import { formatClock } from '@/lib/time.ts'
import { Badge, Notice, type Tone } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { CopyButton } from '@/ui/code-block.tsx'
import { type Stream, useStopStream, useStreamStatus } from '../api/capture.ts'
import { streamTrouble } from './stream-trouble.ts'

const TONES: Record<Stream['status'], Tone> = {
  starting: 'accent',
  live: 'ok',
  reconnecting: 'warn',
  ended: 'neutral',
  failed: 'danger',
}

/** One stream under way: how it stands, measured, and where it can be watched. */
export function StreamCard({ stream }: { stream: Stream }) {
  const { t, i18n } = useTranslation('meetings')
  const { data: measured } = useStreamStatus(stream.stream_id)
  const stop = useStopStream()
  const { status, error } = measured ?? stream
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 })
  const watch = stream.watch_url && new URL(stream.watch_url, location.origin).href
  return (
    <section aria-label={t(`stream.type.${stream.stream_type}`)} className="rounded-10 border border-line p-4">
      <div className="flex items-center gap-2">
        <h3 className="font-semibold">{t(`stream.type.${stream.stream_type}`)}</h3>
        <span role="status">
          <Badge tone={TONES[status]} {...(status === 'live' && { icon: 'radio' as const })}>
            {t(`stream.status.${status}`)}
          </Badge>
        </span>
        <Button
          size="sm"
          icon="circle-stop"
          className="ml-auto"
          busy={stop.isPending}
          onClick={() => stop.mutate(stream.stream_id)}
        >
          {t('stream.stop')}
        </Button>
      </div>
      {stream.rtmp_target !== null && <p className="mt-1 break-all text-12 text-ink-3">{stream.rtmp_target}</p>}
      {error !== null && (
        <div className="mt-3">
          <Notice tone="warn">{streamTrouble(error, t)}</Notice>
        </div>
      )}
      {measured && (
        <dl className="mt-3 grid grid-cols-2 gap-3 sm:grid-cols-4">
          <Measure name={t('stream.duration')}>{formatClock(measured.duration)}</Measure>
          <Measure name={t('stream.bitrate')}>{number.format(measured.bitrate / 1e6)} Mbit/s</Measure>
          <Measure name={t('stream.frameRate')}>{number.format(measured.frame_rate)} fps</Measure>
          <Measure name={t('stream.dropped')}>{number.format(measured.dropped_frames)}</Measure>
        </dl>
      )}
      {watch && (
        <div className="mt-3 flex items-center gap-2 border-t border-line pt-3">
          <a
            href={watch}
            target="_blank"
            rel="noreferrer"
            className="min-w-0 flex-1 truncate text-accent-ink underline underline-offset-2"
          >
            {watch.replace(/^https?:\/\//, '')}
          </a>
          <CopyButton text={watch} label={t('stream.copy')} />
        </div>
      )}
    </section>
  )
}

function Measure({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt className="text-12 text-ink-3">{name}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  )
}
