import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { mediaInfo } from '#contracts/media.ts'
import type { ResultOf } from '#contracts/route.ts'
import { formatBytes, formatClock } from '@/lib/time.ts'
import { Card } from '@/ui/page.tsx'
import { Time } from '@/ui/time.tsx'

type FileDetails = ResultOf<typeof mediaInfo>
type Stream = NonNullable<FileDetails['media_info']>['streams'][number]

/** What a file is, and what ffprobe saw in it. */
export function FileFacts({ file }: { file: FileDetails }) {
  const { t, i18n } = useTranslation('library')
  const info = file.media_info
  return (
    <Card>
      <h2 className="px-4 pb-1 pt-3 font-semibold">{t('facts.title')}</h2>
      <dl className="pb-2">
        <Fact name={t('facts.name')}>{file.file_name}</Fact>
        <Fact name={t('facts.kind')}>{file.mime_type}</Fact>
        <Fact name={t('facts.size')}>{formatBytes(file.size, i18n.language)}</Fact>
        {file.duration !== undefined && <Fact name={t('facts.length')}>{formatClock(file.duration)}</Fact>}
        {file.width !== null && file.height !== null && (
          <Fact name={t('facts.pixels')}>
            {file.width} × {file.height}
          </Fact>
        )}
        {typeof info?.bitrate === 'number' && (
          <Fact name={t('facts.bitrate')}>{bits(info.bitrate, i18n.language)}</Fact>
        )}
        {info?.streams.map((stream, index) => (
          <Fact key={index} name={t(`facts.stream.${stream.kind}`)}>
            {describe(stream, i18n.language)}
          </Fact>
        ))}
        <Fact name={t('facts.added')}>
          <Time value={file.created_at} style="datetime" />
        </Fact>
        <Fact name={t('facts.owner')}>{t(file.is_mine ? 'facts.mine' : 'facts.others')}</Fact>
        {file.meeting_id !== null && (
          <Fact name={t('facts.meeting')}>
            <Place to={`/meetings/${file.meeting_id}`}>{t('facts.toMeeting', { id: file.meeting_id })}</Place>
          </Fact>
        )}
        {file.source_id !== null && (
          <Fact name={t('facts.source')}>
            <Place to={`/library/files/${file.source_id}`}>{t('facts.toSource')}</Place>
          </Fact>
        )}
      </dl>
    </Card>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex gap-3 px-4 py-1.5">
      <dt className="w-20 shrink-0 text-ink-3">{name}</dt>
      <dd className="min-w-0 flex-1 wrap-anywhere">{children}</dd>
    </div>
  )
}

function Place({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link to={to} className="text-accent-ink underline underline-offset-2">
      {children}
    </Link>
  )
}

function bits(perSecond: number, language: string): string {
  const [value, unit] = perSecond >= 1e6 ? [perSecond / 1e6, 'Mbit/s'] : [perSecond / 1e3, 'kbit/s']
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: perSecond >= 1e6 ? 1 : 0 }).format(value)} ${unit}`
}

function describe(stream: Stream, language: string): string {
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 })
  return [
    stream.codec,
    stream.width !== undefined && stream.height !== undefined && `${stream.width} × ${stream.height}`,
    stream.frame_rate !== undefined && `${number.format(stream.frame_rate)} fps`,
    stream.sample_rate !== undefined && `${number.format(stream.sample_rate / 1000)} kHz`,
    stream.channels !== undefined && `${stream.channels} ch`,
    stream.bitrate !== undefined && bits(stream.bitrate, language),
  ]
    .filter(Boolean)
    .join(', ')
}
