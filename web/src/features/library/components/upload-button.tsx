import type { Ref } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/button.tsx'
import { addUploads } from '../state/uploads.ts'

/**
 * What the browser picks files with. It stays for as long as the page does: buttons come and go with what is in the
 * library, and what is chosen for one that has gone is lost.
 */
export function UploadInput({ ref }: { ref: Ref<HTMLInputElement> }) {
  const { t } = useTranslation('library')
  return (
    <input
      ref={ref}
      type="file"
      multiple
      hidden
      aria-label={t('upload')}
      onChange={(event) => {
        addUploads(event.target.files ?? [])
        event.target.value = ''
      }}
    />
  )
}

/** Asks for files to send. */
export function UploadButton({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation('library')
  return (
    <Button kind="primary" icon="upload" onClick={onClick}>
      {t('upload')}
    </Button>
  )
}
