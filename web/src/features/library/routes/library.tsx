import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FileType, MediaFile } from '#contracts/schemas/media.ts'
import { formatBytes } from '@/lib/time.ts'
import { Button, IconButton } from '@/ui/button.tsx'
import { Input } from '@/ui/field.tsx'
import { FileRow } from '@/ui/file-row.tsx'
import { Page as Frame } from '@/ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { Pager } from '@/ui/table.tsx'
import { Segmented } from '@/ui/toggle.tsx'
import { useRested } from '@/ui/use-rested.ts'
import { PAGE_SIZE, useFiles, useUsage } from '../api/queries.ts'
import { FileGrid, FileList } from '../components/files.tsx'
import { FileSheet } from '../components/file-sheet.tsx'
import { Jobs } from '../components/jobs.tsx'
import { useUploads } from '../components/uploads.ts'

const KINDS = ['all', 'video', 'audio', 'image', 'document'] as const

/** The library: one's files and those of one's meetings, put in by dropping them anywhere on the page. */
export function Page() {
  const { t, i18n } = useTranslation('library')
  const [kind, setKind] = useState<FileType | 'all'>('all')
  const [view, setView] = useState<'grid' | 'list'>('grid')
  const [words, setWords] = useState('')
  const [page, setPage] = useState(1)
  const [open, setOpen] = useState<MediaFile | null>(null)
  const [isOver, setIsOver] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const { uploads, add } = useUploads()
  const { data, error, refetch } = useFiles(kind, useRested(words.trim()), page)
  const usage = useUsage().data
  const Files = view === 'grid' ? FileGrid : FileList
  const choose = (
    <Button kind="primary" icon="upload" onClick={() => picker.current?.click()}>
      {t('upload')}
    </Button>
  )
  const subtitle =
    usage === undefined
      ? undefined
      : t('usage', { used: formatBytes(usage.used, i18n.language), quota: formatBytes(usage.quota, i18n.language) })
  return (
    <div
      className="h-full"
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setIsOver(false)
        add(event.dataTransfer.files)
      }}
    >
      <Frame title={t('title')} subtitle={subtitle} actions={choose}>
        <input
          ref={picker}
          type="file"
          multiple
          className="hidden"
          aria-label={t('upload')}
          onChange={(event) => {
            add(event.target.files ?? [])
            event.target.value = ''
          }}
        />
        <div className="mb-4 flex flex-wrap items-center gap-3">
          <Segmented
            label={t('kind.label')}
            value={kind}
            onValue={(value) => {
              setKind(value)
              setPage(1)
            }}
            options={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
          />
          <div className="min-w-40 flex-1">
            <Input
              icon="search"
              type="search"
              aria-label={t('search')}
              placeholder={t('search')}
              value={words}
              onChange={(event) => {
                setWords(event.target.value)
                setPage(1)
              }}
            />
          </div>
          <Segmented
            label={t('view.label')}
            value={view}
            onValue={setView}
            options={[
              { value: 'grid', label: t('view.grid') },
              { value: 'list', label: t('view.list') },
            ]}
          />
        </div>
        {isOver && <p className="mb-4 rounded-10 border border-dashed border-accent p-6 text-center">{t('drop')}</p>}
        {uploads.length > 0 && (
          <ul className="mb-6 space-y-2" aria-label={t('uploads')}>
            {uploads.map((one) => (
              <li key={one.id}>
                <FileRow
                  name={one.name}
                  mimeType={one.type}
                  progress={one.progress}
                  {...(one.error !== undefined && { error: one.error })}
                  actions={<IconButton icon="x" label={t('dismiss', { name: one.name })} onClick={one.cancel} />}
                />
              </li>
            ))}
          </ul>
        )}
        <Jobs />
        {error && !data ? (
          <ErrorState error={error} title={t('failed')} onRetry={() => void refetch()} />
        ) : !data ? (
          <SkeletonRows count={6} />
        ) : data.files.length === 0 ? (
          words === '' && kind === 'all' ? (
            <EmptyState icon="film" title={t('empty.title')} action={choose}>
              {t('empty.what')}
            </EmptyState>
          ) : (
            <EmptyState icon="search" title={t('empty.none')} />
          )
        ) : (
          <>
            <Files files={data.files} onOpen={setOpen} />
            <Pager page={page} pageSize={PAGE_SIZE} total={data.total} onPage={setPage} />
          </>
        )}
      </Frame>
      {open !== null && <FileSheet file={open} onClose={() => setOpen(null)} />}
    </div>
  )
}
