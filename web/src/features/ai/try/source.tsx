import { type DragEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatClock } from '@/lib/time.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button, IconButton } from '@/ui/button.tsx'
import { cx } from '@/ui/cx.ts'
import { FileRow } from '@/ui/file-row.tsx'
import { LevelMeter } from '@/ui/progress.tsx'
import { MOST_SECONDS, useRecorder } from './use-recorder.ts'

interface SourceProps {
  kind: 'sound' | 'film'
  file: File | null
  /** Something else is the main act of the page. */
  quiet?: boolean
  onFile: (file: File | null) => void
}

/** Where the sound or film comes from: dropped, picked, or said into the microphone. */
export function Source({ kind, file, quiet = false, onFile }: SourceProps) {
  const { t, i18n } = useTranslation('ai')
  const [isOver, setIsOver] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const recorder = useRecorder((sound) => {
    const time = new Intl.DateTimeFormat(i18n.language, { timeStyle: 'short' }).format().replaceAll(':', '.')
    onFile(new File([sound], `${t('record.fileName', { time })}.wav`, { type: sound.type }))
  })
  const drop = {
    onDragOver: (event: DragEvent) => {
      event.preventDefault()
      setIsOver(true)
    },
    onDragLeave: () => setIsOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault()
      setIsOver(false)
      const [first] = event.dataTransfer.files
      if (first) onFile(first)
    },
  }
  const input = (
    <input
      ref={picker}
      type="file"
      accept={kind === 'film' ? 'video/*,.mkv,.avi,.flv' : 'audio/*,video/*,.amr,.mkv'}
      className="hidden"
      aria-label={t(`source.${kind}.pick`)}
      onChange={(event) => {
        const [first] = event.target.files ?? []
        if (first) onFile(first)
        event.target.value = ''
      }}
    />
  )
  if (file !== null) {
    return (
      <div {...drop}>
        {input}
        <FileRow
          name={file.name}
          mimeType={file.type}
          size={file.size}
          actions={
            <>
              <Button size="sm" kind="ghost" className="touch:h-11" onClick={() => picker.current?.click()}>
                {t('source.other')}
              </Button>
              <IconButton icon="x" size="sm" label={t('source.remove')} onClick={() => onFile(null)} />
            </>
          }
        />
      </div>
    )
  }
  if (recorder.phase === 'recording' || recorder.phase === 'finishing') {
    return (
      <div className="flex min-h-44 flex-col items-center justify-center gap-4 rounded-10 border border-line bg-canvas p-6 dark:bg-raised">
        <div className="flex items-center gap-3">
          <LevelMeter label={t('record.level')} level={recorder.level} />
          <span className="text-20 font-semibold tabular-nums">{formatClock(recorder.seconds)}</span>
        </div>
        <p role="status" className="text-ink-2">
          {t('record.now', { most: formatClock(MOST_SECONDS) })}
        </p>
        <div className="flex flex-wrap justify-center gap-2">
          <Button onClick={recorder.discard}>{t('record.discard')}</Button>
          <Button kind="primary" icon="circle-stop" busy={recorder.phase === 'finishing'} onClick={recorder.finish}>
            {t('record.finish')}
          </Button>
        </div>
      </div>
    )
  }
  return (
    <div>
      {input}
      <div
        {...drop}
        className={cx(
          'flex min-h-44 flex-col items-center justify-center gap-4 rounded-10 border border-dashed p-6 text-center transition-colors',
          isOver ? 'border-accent bg-accent-soft' : 'border-line-control/60',
        )}
      >
        <div>
          <p className="font-medium">{t(`source.${kind}.drop`)}</p>
          <p className="mt-1 text-12 text-ink-3">{t(`source.${kind}.what`)}</p>
        </div>
        <div className="flex flex-wrap justify-center gap-2">
          <Button kind={quiet ? 'secondary' : 'primary'} icon="upload" onClick={() => picker.current?.click()}>
            {t(`source.${kind}.pick`)}
          </Button>
          {kind === 'sound' && (
            <Button icon="mic" busy={recorder.phase === 'asking'} onClick={() => void recorder.start()}>
              {t('record.start')}
            </Button>
          )}
        </div>
      </div>
      {recorder.trouble !== null && (
        <div className="mt-3">
          <Notice tone="danger">{t(`record.trouble.${recorder.trouble}`)}</Notice>
        </div>
      )}
    </div>
  )
}
