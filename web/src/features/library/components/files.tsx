import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { MediaFile } from '#contracts/schemas/media.ts'
import { formatBytes, formatClock } from '@/lib/time.ts'
import { cx } from '@/ui/cx.ts'
import { Icon } from '@/ui/icons.tsx'
import { List, ListRow } from '@/ui/list.tsx'
import { Loading, Skeleton } from '@/ui/states.tsx'
import { Time } from '@/ui/time.tsx'
import type { Asking } from './file-dialogs.tsx'
import { FileMenu } from './file-menu.tsx'
import { FilePicture } from './file-picture.tsx'

interface FilesProps {
  files: readonly MediaFile[]
  /** Ids of those that are chosen; null while files are opened rather than chosen. */
  chosen: ReadonlySet<string> | null
  onChoose: (file: MediaFile) => void
  onAsk: (asking: Asking) => void
}

const GRID = 'grid grid-cols-2 gap-x-4 gap-y-5 sm:grid-cols-3 lg:grid-cols-4'

/** Files as pictures beside each other. */
export function FileGrid({ files, chosen, onChoose, onAsk }: FilesProps) {
  const { t } = useTranslation('library')
  return (
    <ul aria-label={t('tabs.files')} className={GRID}>
      {files.map((file) => (
        <li key={file.file_id} className="relative min-w-0">
          <Opener file={file} chosen={chosen} onChoose={onChoose}>
            <FilePicture file={file} />
            <span className={cx('mt-1.5 block', chosen === null && 'pr-8')}>
              <span className="block truncate font-medium" title={file.file_name}>
                {file.file_name}
              </span>
              <About file={file} />
            </span>
          </Opener>
          {chosen === null ? (
            <span className="absolute -right-2 bottom-1">
              <FileMenu file={file} onAsk={onAsk} />
            </span>
          ) : (
            <Tick on={chosen.has(file.file_id)} className="absolute left-2 top-2" />
          )}
        </li>
      ))}
    </ul>
  )
}

/** A picture that opens its file, or is ticked. */
function Opener({
  file,
  chosen,
  onChoose,
  children,
}: Pick<FilesProps, 'chosen' | 'onChoose'> & { file: MediaFile; children: ReactNode }) {
  const shape = 'group block w-full rounded-10 text-left'
  if (chosen === null) {
    return (
      <Link to={`/library/files/${file.file_id}`} className={cx(shape, 'hover:opacity-85')}>
        {children}
      </Link>
    )
  }
  const on = chosen.has(file.file_id)
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={on}
      aria-label={file.file_name}
      className={cx(shape, on && 'outline-2 outline-offset-4 outline-accent')}
      onClick={() => onChoose(file)}
    >
      {children}
    </button>
  )
}

function Tick({ on, className }: { on: boolean; className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={cx(
        'pointer-events-none grid size-6 place-items-center rounded-full border-2 border-white shadow-1',
        on ? 'bg-accent text-on-accent' : 'bg-black/35',
        className,
      )}
    >
      {on && <Icon name="check" size={14} strokeWidth={3} />}
    </span>
  )
}

/** Files as rows. */
export function FileList({ files, chosen, onChoose, onAsk }: FilesProps) {
  const { t } = useTranslation('library')
  return (
    <List label={t('tabs.files')}>
      {files.map((file) => (
        <ListRow
          key={file.file_id}
          leading={
            chosen === null ? (
              <FilePicture file={file} small />
            ) : (
              <span className="relative">
                <FilePicture file={file} small />
                <Tick on={chosen.has(file.file_id)} className="absolute left-1 top-1.5" />
              </span>
            )
          }
          title={<span title={file.file_name}>{file.file_name}</span>}
          subtitle={<About file={file} />}
          meta={
            file.duration !== undefined && (
              <span className="tabular-nums max-sm:hidden">{formatClock(file.duration)}</span>
            )
          }
          {...(chosen === null
            ? { to: `/library/files/${file.file_id}`, actions: <FileMenu file={file} onAsk={onAsk} /> }
            : { onClick: () => onChoose(file), selected: chosen.has(file.file_id) })}
        />
      ))}
    </List>
  )
}

function About({ file }: { file: MediaFile }) {
  const { i18n } = useTranslation('library')
  return (
    <span className="block truncate text-12 text-ink-3">
      {formatBytes(file.size, i18n.language)} · <Time value={file.created_at} />
    </span>
  )
}

/** The grid before it is there. */
export function GridSkeleton() {
  return (
    <Loading className={GRID}>
      {Array.from({ length: 8 }, (_, index) => (
        <div key={index}>
          <Skeleton className="aspect-16/9 w-full rounded-10" />
          <Skeleton className="mt-2.5 h-3.5 w-4/5" />
          <Skeleton className="mt-2 h-3 w-2/5" />
        </div>
      ))}
    </Loading>
  )
}
