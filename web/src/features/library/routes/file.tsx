import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '@/app/query.ts'
import { Button, IconButton } from '@/ui/button.tsx'
import { Page as Frame } from '@/ui/page.tsx'
import { ErrorState, Loading, Skeleton } from '@/ui/states.tsx'
import { downloadFile, useFile } from '../api/queries.ts'
import { type Asking, FileDialogs } from '../components/file-dialogs.tsx'
import { FileFacts } from '../components/file-facts.tsx'
import { FileView } from '../components/file-view.tsx'
import { MadeOf } from '../components/made-of.tsx'
import { deleteFiles } from '../state/deletions.ts'
import { conversionsOf } from '../state/conversion.ts'

/** One file: looked at or played, what it is, and what was and can be made of it. */
export function Page() {
  const { id = '' } = useParams({ strict: false })
  return <Detail key={id} id={id} />
}

function Detail({ id }: { id: string }) {
  const { t } = useTranslation('library')
  const navigate = useNavigate()
  const { data: file, error, refetch } = useFile(id)
  const [asking, setAsking] = useState<Asking | null>(null)
  const download = useAct({ act: () => downloadFile(id) })
  if (!file) {
    return (
      <Frame title={t('file.title')} back="/library">
        {error ? (
          <ErrorState error={error} title={t('file.failed')} onRetry={() => void refetch()} />
        ) : (
          <Loading className="grid gap-6 lg:grid-cols-[1fr_20rem]">
            <Skeleton className="aspect-16/9 w-full rounded-10" />
            <Skeleton className="h-64 w-full rounded-10" />
          </Loading>
        )}
      </Frame>
    )
  }
  return (
    <Frame
      title={<span title={file.file_name}>{file.file_name}</span>}
      tabTitle={file.file_name}
      back="/library"
      width="full"
      actions={
        <>
          {file.is_mine && (
            <IconButton
              icon="trash-2"
              label={t('deleteAct', { count: 1 })}
              onClick={() => {
                deleteFiles([file])
                void navigate({ to: '/library' })
              }}
            />
          )}
          <Button icon="link" onClick={() => setAsking({ what: 'share', file })}>
            {t('share.short')}
          </Button>
          {conversionsOf(file.file_type).length > 0 && (
            <Button icon="wand-sparkles" onClick={() => setAsking({ what: 'convert', file })}>
              {t('convert.short')}
            </Button>
          )}
          <Button kind="primary" icon="download" busy={download.isPending} onClick={() => download.mutate()}>
            {t('download')}
          </Button>
        </>
      }
    >
      <div className="mx-auto grid max-w-[80rem] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="min-w-0">
          <FileView file={file} />
          {file.description !== '' && <p className="mt-4 whitespace-pre-wrap">{file.description}</p>}
          <MadeOf file={file} />
        </div>
        <FileFacts file={file} />
      </div>
      <FileDialogs asking={asking} onClose={() => setAsking(null)} />
    </Frame>
  )
}
