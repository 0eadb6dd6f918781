import type { MediaFile } from '#contracts/schemas/media.ts'
import { formatClock } from '@/lib/time.ts'
import { cx } from '@/ui/cx.ts'
import { Icon } from '@/ui/icons.tsx'
import { FILE_ICONS } from './file-icon.ts'

/** A file's small picture with its length, or what kind of file it is. */
export function FilePicture({ file, small = false }: { file: MediaFile; small?: boolean }) {
  return (
    <span
      className={cx(
        'relative grid aspect-16/9 shrink-0 place-items-center overflow-hidden bg-pressed text-ink-3',
        small ? 'w-16 rounded-6' : 'w-full rounded-10',
      )}
    >
      {file.preview_url === null ? (
        <Icon name={FILE_ICONS[file.file_type]} size={small ? 18 : 32} />
      ) : (
        <img
          src={file.preview_url}
          alt=""
          loading="lazy"
          className={cx('size-full', file.file_type === 'document' ? 'object-contain' : 'object-cover')}
        />
      )}
      {!small && file.duration !== undefined && (
        <span className="absolute bottom-1.5 right-1.5 rounded-6 bg-black/75 px-1.5 text-12 tabular-nums text-white">
          {formatClock(file.duration)}
        </span>
      )}
    </span>
  )
}
