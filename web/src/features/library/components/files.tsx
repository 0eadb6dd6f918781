import { useTranslation } from 'react-i18next'
import type { MediaFile } from '#contracts/schemas/media.ts'
import { formatBytes, formatClock } from '@/lib/time.ts'
import { Icon } from '@/ui/icons.tsx'
import { List, ListRow } from '@/ui/list.tsx'
import { Time } from '@/ui/time.tsx'

interface FilesProps {
  files: readonly MediaFile[]
  onOpen: (file: MediaFile) => void
}

const ICONS = { video: 'film', audio: 'music', image: 'image', document: 'file-text' } as const

/** Files as pictures beside each other. */
export function FileGrid({ files, onOpen }: FilesProps) {
  return (
    <ul className="grid grid-cols-2 gap-4 sm:grid-cols-3 lg:grid-cols-4">
      {files.map((file) => (
        <li key={file.file_id}>
          <button
            type="button"
            onClick={() => onOpen(file)}
            className="block w-full rounded-10 text-left hover:bg-hover"
          >
            <span className="relative grid aspect-video place-items-center overflow-hidden rounded-10 bg-pressed text-ink-2">
              {file.preview_url === null ? (
                <Icon name={ICONS[file.file_type]} size={28} />
              ) : (
                <img src={file.preview_url} alt="" loading="lazy" className="size-full object-cover" />
              )}
              {file.duration !== undefined && (
                <span className="absolute bottom-1.5 right-1.5 rounded-6 bg-black/75 px-1.5 text-12 tabular-nums text-white">
                  {formatClock(file.duration)}
                </span>
              )}
            </span>
            <span className="block p-2">
              <span className="block truncate font-medium">{file.file_name}</span>
              <Size file={file} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}

/** Files as rows. */
export function FileList({ files, onOpen }: FilesProps) {
  const { t } = useTranslation('library')
  return (
    <List label={t('title')}>
      {files.map((file) => (
        <ListRow
          key={file.file_id}
          leading={<Icon name={ICONS[file.file_type]} size={18} />}
          title={file.file_name}
          subtitle={<Size file={file} />}
          meta={file.duration === undefined ? undefined : formatClock(file.duration)}
          onClick={() => onOpen(file)}
        />
      ))}
    </List>
  )
}

function Size({ file }: { file: MediaFile }) {
  const { i18n } = useTranslation('library')
  return (
    <span className="text-12 text-ink-3">
      {formatBytes(file.size, i18n.language)} · <Time value={file.created_at} />
    </span>
  )
}
