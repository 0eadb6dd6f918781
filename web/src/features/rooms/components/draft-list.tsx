import { useTranslation } from 'react-i18next'
import { describeError } from '@/lib/describe-error.ts'
import { IconButton } from '@/ui/button.tsx'
import { FileRow } from '@/ui/file-row.tsx'
import { type DraftFile, removeFile } from '../state/draft-files.ts'

/** The files of the next message, above where one writes it. */
export function DraftList({ roomId, files }: { roomId: number; files: readonly DraftFile[] }) {
  const { t } = useTranslation('rooms')
  const { t: common } = useTranslation('common')
  if (files.length === 0) return null
  return (
    <ul
      aria-label={t('files.attached')}
      className="grid max-h-48 grid-cols-[repeat(auto-fill,minmax(min(15rem,100%),1fr))] gap-1.5 overflow-y-auto p-2"
    >
      {files.map((file) => (
        <li key={file.key} className="min-w-0">
          <FileRow
            name={file.name}
            mimeType={file.mime}
            size={file.size}
            {...(file.error !== undefined
              ? { error: describeError(file.error, common).sentence }
              : file.done === undefined && { progress: file.progress })}
            actions={
              <IconButton
                icon="x"
                size="sm"
                label={t('files.remove', { name: file.name })}
                onClick={() => removeFile(roomId, file.key)}
              />
            }
          />
        </li>
      ))}
    </ul>
  )
}
