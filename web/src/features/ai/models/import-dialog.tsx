import { useEffect, useRef, useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { importModel, uploadModel } from '#contracts/models.ts'
import { callApi } from '@/lib/api.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button, IconButton } from '@/ui/button.tsx'
import { CodeBlock } from '@/ui/code-block.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Field, Input } from '@/ui/field.tsx'
import { FileRow } from '@/ui/file-row.tsx'
import { toast } from '@/ui/toast.tsx'
import { Segmented } from '@/ui/toggle.tsx'
import { useSayFault } from '../api/act.ts'
import { keys } from '../api/queries.ts'
import { sendForm } from '../api/send-form.ts'

const MANIFEST = `{
  "id": "my-emotion",
  "name": "My emotion model",
  "type": "emotion",
  "version": "1",
  "engine": "onnx",
  "licence": "MIT",
  "files": [{ "path": "model.onnx", "sha256": "…", "bytes": 123 }],
  "contract": { … }
}`
const ARCHIVES = '.tar,.tgz,.gz,.bz2,.tbz2,.zip'

/** Brings a model in without the internet: an archive from here, or a folder that lies on the server. */
export function ImportDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('ai')
  const [from, setFrom] = useState<'archive' | 'folder'>('archive')
  const [archive, setArchive] = useState<File | null>(null)
  const [folder, setFolder] = useState('')
  const [sent, setSent] = useState<number | null>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const client = useQueryClient()
  const say = useSayFault()
  const picker = useRef<HTMLInputElement>(null)
  const sending = useRef<AbortController>(null)
  useEffect(() => () => sending.current?.abort(), [])

  const close = () => {
    sending.current?.abort()
    setArchive(null)
    setError(undefined)
    onClose()
  }
  const bring = async () => {
    const own = new AbortController()
    sending.current = own
    setBusy(true)
    setError(undefined)
    setSent(null)
    try {
      const model =
        from === 'folder'
          ? await callApi(importModel, { body: { folder: folder.trim() } }, { signal: own.signal, timeout: 600_000 })
          : await sendForm(uploadModel, formOf(archive), { onProgress: setSent, signal: own.signal })
      await client.invalidateQueries({ queryKey: keys.models })
      toast(t('import.done', { name: model.name }), { tone: 'ok' })
      close()
    } catch (failure) {
      if (!own.signal.aborted) setError(failure)
    } finally {
      setBusy(false)
    }
  }
  const ready = from === 'folder' ? folder.trim() !== '' : archive !== null
  return (
    <Dialog
      open={open}
      onOpenChange={(wanted) => !wanted && close()}
      title={t('import.title')}
      description={t('import.text')}
      width="md"
      footer={
        <>
          <Button onClick={close}>{t('cancel')}</Button>
          <Button kind="primary" busy={busy} disabled={!ready} onClick={() => void bring()}>
            {t('import.action')}
          </Button>
        </>
      }
    >
      <Segmented
        label={t('import.from')}
        value={from}
        onValue={(value) => {
          setFrom(value)
          setError(undefined)
        }}
        options={[
          { value: 'archive', label: t('import.archive'), icon: 'upload' },
          { value: 'folder', label: t('import.folder'), icon: 'folder' },
        ]}
      />
      <div className="mt-4 space-y-4">
        {from === 'folder' ? (
          <Field label={t('import.name')} hint={t('import.nameHint')}>
            <Input
              value={folder}
              onChange={(event) => setFolder(event.target.value)}
              autoComplete="off"
              spellCheck={false}
              placeholder="my-emotion"
            />
          </Field>
        ) : (
          <div>
            <input
              ref={picker}
              type="file"
              accept={ARCHIVES}
              className="hidden"
              aria-label={t('import.pick')}
              onChange={(event) => {
                setArchive(event.target.files?.[0] ?? null)
                event.target.value = ''
              }}
            />
            {archive === null ? (
              <Button icon="upload" onClick={() => picker.current?.click()}>
                {t('import.pick')}
              </Button>
            ) : (
              <FileRow
                name={archive.name}
                mimeType={archive.type}
                size={archive.size}
                {...(busy && { progress: sent === 100 ? null : sent })}
                actions={<IconButton icon="x" label={t('import.other')} onClick={() => setArchive(null)} />}
              />
            )}
            <p className="mt-1 text-12 text-ink-3">{t('import.archiveHint')}</p>
          </div>
        )}
        {error !== undefined && <Notice tone="danger">{say(error)}</Notice>}
        <details>
          <summary className="cursor-pointer text-ink-2 hover:text-ink">{t('import.manifest')}</summary>
          <p className="my-2 text-12 text-ink-3">{t('import.manifestText')}</p>
          <CodeBlock language="model.json" code={MANIFEST} />
        </details>
      </div>
    </Dialog>
  )
}

function formOf(archive: File | null): FormData {
  const form = new FormData()
  if (archive !== null) form.set('archive', archive)
  return form
}
