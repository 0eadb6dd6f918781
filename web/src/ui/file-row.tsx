import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '@/lib/time.ts'
import { Icon, type IconName } from './icons.tsx'
import { Progress } from './progress.tsx'

interface FileRowProps {
  name: string
  mimeType: string
  /** Bytes. */
  size?: number
  /** 0 to 100 while it goes up or down. */
  progress?: number | null
  /** How it stands, in a word or two, beside the bar. */
  note?: string
  error?: string
  href?: string
  actions?: ReactNode
}

/** A file: what it is, how large, how far, and what can be done with it. */
export function FileRow({ name, mimeType, size, progress, note, error, href, actions }: FileRowProps) {
  const { t, i18n } = useTranslation('common')
  return (
    <div className="flex items-center gap-3 rounded-10 border border-line bg-canvas px-3 py-2 dark:bg-raised">
      <span className="grid size-9 shrink-0 place-items-center rounded-6 bg-pressed text-ink-2">
        <Icon name={iconOf(mimeType)} size={18} />
      </span>
      <div className="min-w-0 flex-1">
        {href ? (
          <a href={href} download={name} className="block truncate font-medium hover:underline">
            {name}
          </a>
        ) : (
          <p className="truncate font-medium">{name}</p>
        )}
        {error ? (
          <p className="text-12 text-danger-ink">{error}</p>
        ) : progress !== undefined ? (
          <div className="flex min-h-4.5 items-center gap-3">
            <Progress label={t('file.progress', { name })} value={progress} />
            {note && <span className="shrink-0 text-12 tabular-nums text-ink-3">{note}</span>}
          </div>
        ) : (
          (size !== undefined || note) && (
            <p className="text-12 text-ink-3">
              {[size === undefined ? undefined : formatBytes(size, i18n.language), note].filter(Boolean).join(' · ')}
            </p>
          )
        )}
      </div>
      {actions}
    </div>
  )
}

function iconOf(mimeType: string): IconName {
  if (mimeType.startsWith('image/')) return 'image'
  if (mimeType.startsWith('video/')) return 'film'
  if (mimeType.startsWith('audio/')) return 'music'
  return mimeType.startsWith('text/') || mimeType === 'application/pdf' ? 'file-text' : 'file'
}
