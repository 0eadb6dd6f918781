import { useTranslation } from 'react-i18next'
import { describeError } from '@/lib/describe-error.ts'
import { IconButton } from '@/ui/button.tsx'
import { FileRow } from '@/ui/file-row.tsx'
import { Section } from '@/ui/page.tsx'
import { type Upload, dropUpload, retryUpload, useUploads } from '../state/uploads.ts'

/** Files on their way up, and those that did not get there. */
export function Uploads() {
  const { t } = useTranslation('library')
  const uploads = useUploads()
  if (uploads.length === 0) return null
  const failed = uploads.filter((one) => one.state === 'failed').length
  const title =
    failed === uploads.length
      ? t('uploads.signFailed', { count: failed })
      : t('uploads.title', { count: uploads.length - failed })
  return (
    <Section title={title} id="library-uploads">
      <ul className="space-y-2">
        {uploads.map((one) => (
          <li key={one.id}>
            <Row upload={one} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Row({ upload }: { upload: Upload }) {
  const { t } = useTranslation('library')
  const { t: common } = useTranslation('common')
  const { id, file, state } = upload
  const failed = state === 'failed'
  return (
    <FileRow
      name={file.name}
      mimeType={file.type}
      size={file.size}
      {...(failed
        ? { error: describeError(upload.error, common).sentence }
        : { note: note(), ...(state !== 'waiting' && { progress: state === 'sending' ? upload.progress : null }) })}
      actions={
        <>
          {failed && <IconButton icon="refresh-cw" label={t('uploads.retry')} onClick={() => retryUpload(id)} />}
          <IconButton
            icon="x"
            label={t(failed ? 'uploads.dismiss' : 'uploads.cancel', { name: file.name })}
            onClick={() => dropUpload(id)}
          />
        </>
      }
    />
  )

  function note(): string {
    if (state === 'held') return t('uploads.held', { count: upload.wait ?? 0 })
    return state === 'sending' ? `${upload.progress}%` : t(`uploads.${state as 'waiting' | 'finishing'}`)
  }
}
