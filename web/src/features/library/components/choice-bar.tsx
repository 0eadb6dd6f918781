import { useTranslation } from 'react-i18next'
import type { MediaFile } from '#contracts/schemas/media.ts'
import { Button } from '@/ui/button.tsx'
import type { Asking } from './file-dialogs.tsx'

interface ChoiceBarProps {
  files: readonly MediaFile[]
  onAsk: (asking: Asking) => void
  onEnd: () => void
}

/** What can be done with several files at once. */
export function ChoiceBar({ files, onAsk, onEnd }: ChoiceBarProps) {
  const { t } = useTranslation('library')
  const films = files.length >= 2 && files.every((file) => file.file_type === 'video')
  const own = files.length > 0 && files.every((file) => file.is_mine)
  return (
    <div
      role="toolbar"
      aria-label={t('choice.label')}
      className="sticky top-2 z-10 mb-4 flex flex-wrap items-center gap-2 rounded-10 border border-line bg-raised px-3 py-2 shadow-1"
    >
      <p role="status" className="min-w-0 flex-1 basis-40">
        {files.length === 0 ? t('choice.hint') : t('choice.count', { count: files.length })}
      </p>
      <Button size="sm" icon="film" disabled={!films} onClick={() => onAsk({ what: 'merge', files })}>
        {t('choice.merge')}
      </Button>
      <Button size="sm" icon="trash-2" disabled={!own} onClick={() => onAsk({ what: 'delete', files })}>
        {t('delete')}
      </Button>
      <Button size="sm" kind="ghost" onClick={onEnd}>
        {t('choice.end')}
      </Button>
    </div>
  )
}
