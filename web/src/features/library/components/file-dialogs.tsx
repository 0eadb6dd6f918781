import { useTranslation } from 'react-i18next'
import type { MediaFile } from '#contracts/schemas/media.ts'
import { Confirm } from '@/ui/dialog.tsx'
import { deleteFiles } from '../state/deletions.ts'
import { ConvertDialog } from './convert-dialog.tsx'
import { MergeDialog } from './merge-dialog.tsx'
import { ShareDialog } from './share-dialog.tsx'

/** What is being asked about a file, or several. */
export type Asking =
  | { what: 'share' | 'convert'; file: MediaFile }
  | { what: 'merge'; files: readonly MediaFile[] }
  | { what: 'delete'; files: readonly MediaFile[] }

interface FileDialogsProps {
  asking: Asking | null
  onClose: () => void
  /** After files were deleted, or a job was begun with them. */
  onDone?: () => void
}

/** The questions about files, one at a time. */
export function FileDialogs({ asking, onClose, onDone }: FileDialogsProps) {
  const closed = (open: boolean) => !open && onClose()
  return (
    <>
      {asking?.what === 'share' && <ShareDialog file={asking.file} onClose={onClose} />}
      {asking?.what === 'convert' && <ConvertDialog file={asking.file} onClose={onClose} onDone={onDone} />}
      {asking?.what === 'merge' && <MergeDialog files={asking.files} onClose={onClose} onDone={onDone} />}
      {asking?.what === 'delete' && <DeleteFiles files={asking.files} onOpenChange={closed} onDone={onDone} />}
    </>
  )
}

/** Asked of several at once; one goes without a question, and can be taken back like these. */
function DeleteFiles({
  files,
  onOpenChange,
  onDone,
}: {
  files: readonly MediaFile[]
  onOpenChange: (open: boolean) => void
  onDone: (() => void) | undefined
}) {
  const { t } = useTranslation('library')
  return (
    <Confirm
      open
      onOpenChange={onOpenChange}
      title={t('deleteTitleMany', { count: files.length })}
      description={t('deleteWhat')}
      action={t('deleteAct', { count: files.length })}
      onConfirm={async () => {
        deleteFiles(files)
        onDone?.()
      }}
    >
      <ul className="max-h-40 space-y-1 overflow-y-auto text-ink-2">
        {files.map((file) => (
          <li key={file.file_id} className="truncate">
            {file.file_name}
          </li>
        ))}
      </ul>
    </Confirm>
  )
}
