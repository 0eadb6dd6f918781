import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { extractAudio, transcode } from '#contracts/ffmpeg.ts'
import { deleteMedia } from '#contracts/media.ts'
import type { MediaFile } from '#contracts/schemas/media.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { formatBytes, formatClock } from '@/lib/time.ts'
import { Button } from '@/ui/button.tsx'
import { Confirm, Dialog } from '@/ui/dialog.tsx'
import { Player } from '@/ui/player.tsx'
import { Skeleton } from '@/ui/states.tsx'
import { Time } from '@/ui/time.tsx'
import { libraryKey, useLink } from '../api/queries.ts'

/** One file: looked at or played, and what can be made of it. */
export function FileSheet({ file, onClose }: { file: MediaFile; onClose: () => void }) {
  const { t, i18n } = useTranslation('library')
  const [asks, setAsks] = useState(false)
  const link = useLink(file.file_id)
  const convert = useAct({
    act: (kind: 'audio' | 'mp4') =>
      kind === 'audio'
        ? callApi(extractAudio, { body: { file_id: file.file_id } })
        : callApi(transcode, { body: { file_id: file.file_id, output_format: 'mp4' } }),
    invalidates: [libraryKey],
    onDone: onClose,
  })
  const remove = useAct({
    act: () => callApi(deleteMedia, { params: { id: file.file_id } }),
    invalidates: [libraryKey],
    onDone: onClose,
  })
  const url = link.data?.url
  const facts = [
    formatBytes(file.size, i18n.language),
    ...(file.duration === undefined ? [] : [formatClock(file.duration)]),
    ...(file.width === null || file.height === null ? [] : [`${file.width} × ${file.height}`]),
  ]
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={file.file_name}
      width="lg"
      footer={
        <>
          {file.is_mine && (
            <Button kind="ghost" icon="trash-2" onClick={() => setAsks(true)}>
              {t('delete')}
            </Button>
          )}
          {file.file_type === 'video' && (
            <Button busy={convert.isPending} onClick={() => convert.mutate('audio')}>
              {t('make.audio')}
            </Button>
          )}
          {file.file_type === 'video' && file.mime_type !== 'video/mp4' && (
            <Button busy={convert.isPending} onClick={() => convert.mutate('mp4')}>
              {t('make.mp4')}
            </Button>
          )}
          {url !== undefined && (
            <Button kind="primary" icon="download" onClick={() => window.location.assign(`${url}&download=1`)}>
              {t('download')}
            </Button>
          )}
        </>
      }
    >
      {url === undefined ? (
        <Skeleton className="aspect-video w-full" />
      ) : file.file_type === 'video' || file.file_type === 'audio' ? (
        <Player
          src={url}
          kind={file.file_type}
          title={file.file_name}
          {...(file.preview_url !== null && { poster: file.preview_url })}
        />
      ) : file.file_type === 'image' ? (
        <img
          src={file.preview_url ?? url}
          alt={file.file_name}
          className="mx-auto max-h-96 rounded-10 object-contain"
        />
      ) : null}
      <p className="mt-3 text-ink-2">
        {facts.join(' · ')} · <Time value={file.created_at} />
      </p>
      {file.description !== '' && <p className="mt-2 whitespace-pre-wrap">{file.description}</p>}
      <Confirm
        open={asks}
        onOpenChange={setAsks}
        title={t('deleteTitle', { name: file.file_name })}
        description={t('deleteWhat')}
        action={t('delete')}
        danger
        onConfirm={() => remove.mutateAsync()}
      />
    </Dialog>
  )
}
