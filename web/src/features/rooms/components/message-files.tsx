import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { linkRoomFile } from '#contracts/room-files.ts'
import type { RoomFile } from '#contracts/schemas/room.ts'
import { callApi } from '@/lib/api.ts'
import { formatBytes } from '@/lib/time.ts'
import { Dialog } from '@/ui/dialog.tsx'
import { FileRow } from '@/ui/file-row.tsx'
import { Icon } from '@/ui/icons.tsx'
import { Player } from '@/ui/player.tsx'

/** An address counts for an hour; it is asked for anew well before. */
const FRESH_MS = 30 * 60_000
/** Pictures that a browser shows as they are; of others it shows the small one. */
const SHOWN = /^image\/(jpeg|png|gif|webp|avif)$/
const MOST_WIDE = 360
const MOST_HIGH = 280

/** The address of a file of a message, for players and pictures; empty until it is known. */
function useLink(messageId: number, fileId: string): { url: string; isGone: boolean } {
  const link = useQuery({
    queryKey: ['room-files', messageId, fileId],
    queryFn: ({ signal }) => callApi(linkRoomFile, { params: { id: messageId, file_id: fileId } }, { signal }),
    staleTime: FRESH_MS,
    retry: false,
  })
  return { url: link.data?.url ?? '', isGone: link.isError }
}

/** The files a message brings: pictures as pictures, sound and film in players, others as rows. */
export function MessageFiles({ messageId, files }: { messageId: number; files: readonly RoomFile[] }) {
  if (files.length === 0) return null
  return (
    <ul className="flex max-w-full flex-wrap items-start gap-2 py-1">
      {files.map((file) => (
        <li key={file.id} className={file.kind === 'image' ? 'max-w-full' : 'w-full max-w-105'}>
          <OneFile messageId={messageId} file={file} />
        </li>
      ))}
    </ul>
  )
}

function OneFile({ messageId, file }: { messageId: number; file: RoomFile }) {
  const { t, i18n } = useTranslation('rooms')
  const { url, isGone } = useLink(messageId, file.id)
  if (isGone) return <FileRow name={file.name} mimeType={file.mime} error={t('files.gone')} />
  if (file.kind === 'image') return <Picture file={file} url={url} />
  const row = (
    <FileRow
      name={file.name}
      mimeType={file.mime}
      size={file.size}
      {...(url && { href: `${url}&download=1` })}
      actions={url && <Save file={file} url={url} />}
    />
  )
  if (file.kind === 'document') return row
  return (
    <figure>
      {/* The place of a player is kept until it is there, so that nothing jumps. */}
      {url ? (
        <Player
          src={url}
          kind={file.kind}
          title={file.name}
          {...(file.kind === 'video' && { poster: `${url}&preview=1` })}
        />
      ) : (
        <div className="rounded-10 bg-pressed">
          {file.kind === 'video' && <div className="aspect-video" />}
          <div className="h-12.5" />
        </div>
      )}
      <figcaption className="flex items-center gap-2 pt-0.5 text-12 text-ink-3">
        <span className="min-w-0 truncate">{file.name}</span>
        <span className="shrink-0">{formatBytes(file.size, i18n.language)}</span>
        {url && <Save file={file} url={url} />}
      </figcaption>
    </figure>
  )
}

function Save({ file, url }: { file: RoomFile; url: string }) {
  const { t } = useTranslation('rooms')
  return (
    <a
      href={`${url}&download=1`}
      download={file.name}
      aria-label={t('files.save', { name: file.name })}
      className="grid size-8 shrink-0 place-items-center rounded-6 text-ink-2 hover:bg-hover touch:size-11"
    >
      <Icon name="download" size={16} />
    </a>
  )
}

function Picture({ file, url }: { file: RoomFile; url: string }) {
  const { t } = useTranslation('rooms')
  const [isOpen, setOpen] = useState(false)
  const [isBroken, setBroken] = useState(false)
  const { width, height } = sizeOf(file)
  if (isBroken) return <FileRow name={file.name} mimeType={file.mime} error={t('files.gone')} />
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        aria-label={t('files.open', { name: file.name })}
        style={{ width, aspectRatio: `${width} / ${height}` }}
        className="block max-w-full overflow-hidden rounded-10 border border-line bg-pressed"
      >
        {url && (
          <img
            src={`${url}&preview=1`}
            alt={file.name}
            onError={() => setBroken(true)}
            className="size-full object-cover"
          />
        )}
      </button>
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title={file.name}
        width="lg"
        footer={
          <a
            href={`${url}&download=1`}
            download={file.name}
            className="inline-flex h-control items-center gap-2 rounded-6 px-3 font-medium hover:bg-hover"
          >
            <Icon name="download" size={16} />
            {t('files.download')}
          </a>
        }
      >
        <img
          src={SHOWN.test(file.mime) ? url : `${url}&preview=1`}
          alt={file.name}
          className="mx-auto max-h-[70vh] rounded-6 object-contain"
        />
      </Dialog>
    </>
  )
}

/** How large a picture is drawn: known before it comes, so that nothing moves when it does. */
function sizeOf({ width, height }: RoomFile): { width: number; height: number } {
  const [wide, high] = [width ?? 240, height ?? 180]
  const scale = Math.min(1, MOST_WIDE / wide, MOST_HIGH / high)
  return { width: Math.max(72, Math.round(wide * scale)), height: Math.max(48, Math.round(high * scale)) }
}
