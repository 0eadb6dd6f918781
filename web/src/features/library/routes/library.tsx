import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MediaFile } from '#contracts/schemas/media.ts'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { Pager } from '@/ui/table.tsx'
import { useRested } from '@/ui/use-rested.ts'
import { isUnderWay, useJobs } from '../api/jobs.ts'
import { PAGE_SIZE, useFiles } from '../api/queries.ts'
import { ChoiceBar } from '../components/choice-bar.tsx'
import { DropZone } from '../components/drop-zone.tsx'
import { type Asking, FileDialogs } from '../components/file-dialogs.tsx'
import { FileGrid, FileList, GridSkeleton } from '../components/files.tsx'
import { JobRows } from '../components/job-rows.tsx'
import { LibraryFrame } from '../components/library-frame.tsx'
import { Toolbar } from '../components/toolbar.tsx'
import { UploadButton, UploadInput } from '../components/upload-button.tsx'
import { keepUploadSign } from '../components/upload-sign.tsx'
import { Uploads } from '../components/uploads.tsx'
import { deleteFiles, useLeaving } from '../state/deletions.ts'
import { show, useShown } from '../state/shown.ts'
import { addUploads } from '../state/uploads.ts'

/** The library: one's files and those of one's meetings, put in by dropping them anywhere on the page. */
export function Page() {
  const { t } = useTranslation('library')
  const shown = useShown()
  useEffect(() => keepUploadSign(), [])
  const words = useRested(shown.words.trim())
  const { data, error, refetch, isPlaceholderData } = useFiles({ ...shown, words })
  const running = useJobs().data?.filter(isUnderWay) ?? []
  const [chosen, setChosen] = useState<ReadonlyMap<string, MediaFile> | null>(null)
  const [asking, setAsking] = useState<Asking | null>(null)
  const choose = (file: MediaFile) => {
    const next = new Map(chosen)
    if (!next.delete(file.file_id)) next.set(file.file_id, file)
    setChosen(next)
  }
  const Files = shown.view === 'grid' ? FileGrid : FileList
  const leaving = useLeaving()
  const files = data?.files.filter((file) => !leaving.has(file.file_id))
  const empty = files?.length === 0
  const ask = (next: Asking) =>
    next.what === 'delete' && next.files.length === 1 ? deleteFiles(next.files) : setAsking(next)
  const narrowed = words !== '' || shown.kind !== 'all' || shown.scope !== 'all'
  const picker = useRef<HTMLInputElement>(null)
  const upload = <UploadButton onClick={() => picker.current?.click()} />
  return (
    <DropZone onFiles={addUploads}>
      <UploadInput ref={picker} />
      <LibraryFrame actions={empty && !narrowed ? undefined : upload}>
        <Uploads />
        {running.length > 0 && (
          <div className="mb-6">
            <JobRows jobs={running} />
          </div>
        )}
        {(!empty || narrowed) && (
          <Toolbar
            shown={shown}
            onChoose={data && !empty && chosen === null ? () => setChosen(new Map()) : undefined}
          />
        )}
        {chosen !== null && <ChoiceBar files={[...chosen.values()]} onAsk={setAsking} onEnd={() => setChosen(null)} />}
        {error && !files ? (
          <ErrorState error={error} title={t('failed')} onRetry={() => void refetch()} />
        ) : !files ? (
          shown.view === 'grid' ? (
            <GridSkeleton />
          ) : (
            <SkeletonRows count={6} />
          )
        ) : empty ? (
          narrowed ? (
            <EmptyState icon="search" title={t('empty.none')}>
              {t('empty.noneWhat')}
            </EmptyState>
          ) : (
            <EmptyState icon="film" title={t('empty.title')} action={upload}>
              {t('empty.what')}
            </EmptyState>
          )
        ) : (
          <div className={isPlaceholderData ? 'opacity-60 transition-opacity' : undefined}>
            <Files files={files} chosen={chosen && new Set(chosen.keys())} onChoose={choose} onAsk={ask} />
            <Pager page={shown.page} pageSize={PAGE_SIZE} total={data?.total ?? 0} onPage={(page) => show({ page })} />
          </div>
        )}
      </LibraryFrame>
      <FileDialogs asking={asking} onClose={() => setAsking(null)} onDone={() => setChosen(null)} />
    </DropZone>
  )
}
