import { useTranslation } from 'react-i18next'
import type { MediaFile } from '#contracts/schemas/media.ts'
import { Icon } from '@/ui/icons.tsx'
import { Player } from '@/ui/player.tsx'
import { ErrorState, Loading, Skeleton } from '@/ui/states.tsx'
import { useLink } from '../api/queries.ts'
import { FILE_ICONS } from './file-icon.ts'

/** The file itself: played, looked at, or its sign where a browser shows nothing of it. */
export function FileView({ file }: { file: MediaFile }) {
  const { t } = useTranslation('library')
  const { data: link, error, refetch } = useLink(file.file_id)
  if (file.file_type === 'document') {
    return (
      <Stage>
        {file.preview_url ? (
          <img src={file.preview_url} alt={file.file_name} className="max-h-[70vh] object-contain" />
        ) : (
          <p className="flex flex-col items-center gap-3 text-ink-2">
            <Icon name={FILE_ICONS.document} size={40} />
            {t('file.noView')}
          </p>
        )}
      </Stage>
    )
  }
  if (error && !link) return <ErrorState error={error} title={t('file.failed')} onRetry={() => void refetch()} />
  if (!link) {
    return (
      <Loading>
        <Skeleton className={file.file_type === 'audio' ? 'h-13 w-full rounded-10' : 'aspect-16/9 w-full rounded-10'} />
      </Loading>
    )
  }
  if (file.file_type === 'image') {
    return (
      <Stage>
        <img
          src={link.url}
          alt={file.file_name}
          width={file.width ?? undefined}
          height={file.height ?? undefined}
          className="h-auto max-h-[70vh] w-auto max-w-full object-contain"
        />
      </Stage>
    )
  }
  return (
    <Player
      src={link.url}
      kind={file.file_type}
      title={file.file_name}
      {...(file.preview_url !== null && { poster: file.preview_url })}
    />
  )
}

function Stage({ children }: { children: React.ReactNode }) {
  return (
    <div className="grid min-h-72 place-items-center overflow-hidden rounded-10 border border-line bg-sunken p-4">
      {children}
    </div>
  )
}
