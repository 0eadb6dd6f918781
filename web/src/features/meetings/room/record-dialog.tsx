import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { describeError } from '@/lib/describe-error.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Confirm, Dialog } from '@/ui/dialog.tsx'
import { Field, Select } from '@/ui/field.tsx'
import { useStartRecording, useStopRecording } from '../api/capture.ts'
import { LayoutField, QualityField } from './capture-fields.tsx'
import { useRoom, useRoomState } from './room-context.ts'

type Format = 'mp4' | 'webm' | 'mkv'

/** Begins a recording, or ends the one under way. */
export function RecordDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const recording = useRoomState((state) => state.recording)
  // What was asked stays asked, although the answer changes what would be asked now.
  const [stops] = useState(recording)
  return stops ? (
    <StopRecording open={open} onOpenChange={onOpenChange} />
  ) : (
    <StartRecording open={open} onOpenChange={onOpenChange} />
  )
}

interface Opened {
  open: boolean
  onOpenChange: (open: boolean) => void
}

function StartRecording({ open, onOpenChange }: Opened) {
  const { t } = useTranslation('meetings')
  const { t: common } = useTranslation('common')
  const { meetingId } = useRoom()
  const [layout, setLayout] = useState<'grid' | 'speaker'>('grid')
  const [quality, setQuality] = useState<'low' | 'medium' | 'high'>('medium')
  const [format, setFormat] = useState<Format>('mp4')
  const start = useStartRecording(meetingId, () => onOpenChange(false))
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('record.title')}
      description={t('record.what')}
      footer={
        <Button
          kind="primary"
          icon="record"
          busy={start.isPending}
          onClick={() => start.mutate({ layout, quality, format })}
        >
          {t('record.start')}
        </Button>
      }
    >
      <div className="space-y-4">
        <LayoutField value={layout} onValue={setLayout} />
        <QualityField value={quality} onValue={setQuality} />
        <Field label={t('record.format')}>
          <Select
            value={format}
            onValue={(value) => setFormat(value as Format)}
            options={[
              { value: 'mp4', label: t('record.mp4') },
              { value: 'webm', label: 'WebM' },
              { value: 'mkv', label: 'MKV' },
            ]}
          />
        </Field>
        {start.isError && <Notice tone="danger">{describeError(start.error, common).sentence}</Notice>}
      </div>
    </Dialog>
  )
}

function StopRecording({ open, onOpenChange }: Opened) {
  const { t } = useTranslation('meetings')
  const { meetingId } = useRoom()
  const stop = useStopRecording(meetingId)
  return (
    <Confirm
      open={open}
      onOpenChange={onOpenChange}
      title={t('record.stopTitle')}
      description={t('record.stopWhat')}
      action={t('record.stop')}
      danger={false}
      onConfirm={() => stop.mutateAsync()}
    />
  )
}
