import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { describeError } from '@/lib/describe-error.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Field, Input, PasswordInput } from '@/ui/field.tsx'
import { ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { Segmented } from '@/ui/toggle.tsx'
import { type Stream, isRunning, useStartStream, useStreams } from '../api/capture.ts'
import { LayoutField, QualityField } from './capture-fields.tsx'
import { useRoom, useRoomState } from './room-context.ts'
import { StreamCard } from './stream-card.tsx'
import { streamTrouble } from './stream-trouble.ts'

type StreamType = Stream['stream_type']
const TYPES = ['hls', 'rtmp'] as const

/** The live streams of the meeting: how they do, and beginning another. */
export function StreamDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation('meetings')
  const { meetingId } = useRoom()
  const { data: streams, error, refetch } = useStreams(meetingId)
  const running = streams?.filter(isRunning) ?? []
  const free = TYPES.filter((type) => running.every((stream) => stream.stream_type !== type))
  const [latest] = streams ?? []
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('stream.title')} description={t('stream.what')} width="md">
      {error && !streams ? (
        <ErrorState compact error={error} title={t('stream.notLoaded')} onRetry={() => void refetch()} />
      ) : !streams ? (
        <SkeletonRows count={2} />
      ) : (
        <div className="space-y-5">
          {running.map((stream) => (
            <StreamCard key={stream.stream_id} stream={stream} />
          ))}
          {latest?.status === 'failed' && (
            <Notice tone="danger">
              {t('stream.failed', {
                reason: latest.error === null ? t('stream.noReason') : streamTrouble(latest.error, t),
              })}
            </Notice>
          )}
          {free.length > 0 && <StartForm key={free.join()} types={free} another={running.length > 0} />}
        </div>
      )}
    </Dialog>
  )
}

/** What comes before the key, without its last slash. */
function addressOf(url: string, key: string): string {
  const place = url.trim()
  return key === '' ? place : `${place.replace(/\/+$/, '')}/${key.trim()}`
}

function StartForm({ types, another }: { types: readonly StreamType[]; another: boolean }) {
  const { t } = useTranslation('meetings')
  const { t: common } = useTranslation('common')
  const { meetingId, ui } = useRoom()
  const recorded = useRoomState((state) => state.recording && state.recordingBy !== state.selfId)
  const [type, setType] = useState<StreamType>(types[0] ?? 'hls')
  const [url, setUrl] = useState('')
  const [key, setKey] = useState('')
  const [layout, setLayout] = useState<'grid' | 'speaker'>('grid')
  const [quality, setQuality] = useState<'low' | 'medium' | 'high'>('medium')
  // Whoever starts it need not be told.
  const start = useStartStream(meetingId, () => ui.patch({ noted: recorded ? 'both' : 'streaming' }))
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        const to = type === 'rtmp' && { rtmp_url: addressOf(url, key) }
        start.mutate({ stream_type: type, layout, quality, ...to })
      }}
    >
      {another && <h3 className="border-t border-line pt-4 font-semibold">{t('stream.another')}</h3>}
      {types.length > 1 && (
        <Segmented
          label={t('stream.where')}
          value={type}
          onValue={setType}
          options={types.map((one) => ({ value: one, label: t(`stream.type.${one}`) }))}
          className="w-full"
        />
      )}
      <p className="text-ink-2">{t(`stream.about.${type}`)}</p>
      {type === 'rtmp' && (
        <>
          <Field label={t('stream.url')} hint={t('stream.urlHint')} required>
            <Input
              value={url}
              onChange={(event) => setUrl(event.target.value)}
              placeholder="rtmp://live.example.com/app"
              pattern="\s*rtmps?://.+"
              title={t('stream.urlHint')}
              autoComplete="off"
              spellCheck={false}
              inputMode="url"
            />
          </Field>
          <Field label={t('stream.key')} hint={t('stream.keyHint')}>
            <PasswordInput value={key} onChange={(event) => setKey(event.target.value)} autoComplete="off" />
          </Field>
        </>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <LayoutField value={layout} onValue={setLayout} />
        <QualityField value={quality} onValue={setQuality} />
      </div>
      {start.isError && <Notice tone="danger">{describeError(start.error, common).sentence}</Notice>}
      <div className="flex justify-end">
        <Button type="submit" kind="primary" icon="radio" busy={start.isPending}>
          {t('stream.start')}
        </Button>
      </div>
    </form>
  )
}
