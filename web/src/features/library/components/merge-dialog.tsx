import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { merge } from '#contracts/ffmpeg.ts'
import { CONTAINERS, type VideoFormat } from '#contracts/schemas/conversion.ts'
import type { MediaFile } from '#contracts/schemas/media.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { formatClock } from '@/lib/time.ts'
import { Button, IconButton } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Field, Select } from '@/ui/field.tsx'
import { toast } from '@/ui/toast.tsx'
import { Segmented } from '@/ui/toggle.tsx'
import { jobsKey } from '../api/jobs.ts'
import { FilePicture } from './file-picture.tsx'

interface MergeDialogProps {
  files: readonly MediaFile[]
  onClose: () => void
  onDone: (() => void) | undefined
}

/** Puts films after each other: in which order, cut or faded, into what. */
export function MergeDialog({ files, onClose, onDone }: MergeDialogProps) {
  const { t } = useTranslation('library')
  const navigate = useNavigate()
  const [order, setOrder] = useState(files)
  const [format, setFormat] = useState<VideoFormat>('mp4')
  const [transition, setTransition] = useState<'none' | 'fade'>('none')
  const act = useAct({
    act: () =>
      callApi(merge, {
        body: { file_ids: order.map((file) => file.file_id), output_format: format, transition },
      }),
    invalidates: [jobsKey],
    onDone: () => {
      toast(t('convert.added'), {
        tone: 'ok',
        action: { label: t('convert.look'), run: () => void navigate({ to: '/library/jobs' }) },
      })
      onDone?.()
      onClose()
    },
  })
  const move = (from: number, by: -1 | 1) => {
    const moved = [...order]
    const [file] = moved.splice(from, 1)
    if (file) moved.splice(from + by, 0, file)
    setOrder(moved)
  }
  const seconds = order.reduce((sum, file) => sum + (file.duration ?? 0), 0)
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('merge.title')}
      description={t('merge.what', { count: order.length, length: formatClock(seconds) })}
      width="md"
      footer={
        <Button kind="primary" busy={act.isPending} disabled={order.length < 2} onClick={() => act.mutate()}>
          {t('merge.act')}
        </Button>
      }
    >
      <ol aria-label={t('merge.order')} className="mb-4 rounded-10 border border-line">
        {order.map((file, index) => (
          <li key={file.file_id} className="flex items-center gap-3 border-line px-2 py-2 not-last:border-b">
            <span className="w-5 text-right tabular-nums text-ink-3">{index + 1}</span>
            <FilePicture file={file} small />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{file.file_name}</span>
              <span className="block text-12 tabular-nums text-ink-3">{formatClock(file.duration ?? 0)}</span>
            </span>
            <span className="flex shrink-0">
              <IconButton
                icon="arrow-up"
                size="sm"
                label={t('merge.up', { name: file.file_name })}
                disabled={index === 0}
                onClick={() => move(index, -1)}
              />
              <IconButton
                icon="arrow-down"
                size="sm"
                label={t('merge.down', { name: file.file_name })}
                disabled={index === order.length - 1}
                onClick={() => move(index, 1)}
              />
              <IconButton
                icon="x"
                size="sm"
                label={t('merge.drop', { name: file.file_name })}
                onClick={() => setOrder(order.filter((other) => other !== file))}
              />
            </span>
          </li>
        ))}
      </ol>
      <div className="grid gap-4 sm:grid-cols-2">
        <div>
          <p className="mb-1 font-medium">{t('merge.transition.label')}</p>
          <Segmented
            label={t('merge.transition.label')}
            value={transition}
            onValue={setTransition}
            options={[
              { value: 'none', label: t('merge.transition.none') },
              { value: 'fade', label: t('merge.transition.fade') },
            ]}
            className="w-full"
          />
        </div>
        <Field label={t('convert.format')}>
          <Select
            value={format}
            onValue={(value) => setFormat(value as VideoFormat)}
            options={Object.keys(CONTAINERS).map((value) => ({ value, label: value.toUpperCase() }))}
          />
        </Field>
      </div>
      <p className="mt-3 text-12 text-ink-3">{t('merge.hint')}</p>
    </Dialog>
  )
}
