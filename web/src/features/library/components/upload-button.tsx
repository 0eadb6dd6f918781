import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/button.tsx'
import { addUploads } from '../state/uploads.ts'

/** Picks files and sends them. */
export function UploadButton() {
  const { t } = useTranslation('library')
  const picker = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label={t('upload')}
        onChange={(event) => {
          addUploads(event.target.files ?? [])
          event.target.value = ''
        }}
      />
      <Button kind="primary" icon="upload" onClick={() => picker.current?.click()}>
        {t('upload')}
      </Button>
    </>
  )
}
