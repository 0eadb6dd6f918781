import { useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { addNode } from '#contracts/nodes.ts'
import { callApi } from '@/lib/api.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Field, Input, PasswordInput } from '@/ui/field.tsx'
import { toast } from '@/ui/toast.tsx'
import { useForm } from '@/ui/use-form.ts'
import { useSayFault } from '../api/act.ts'
import { keys } from '../api/queries.ts'

/** Names a program with OpenAI's API that requests may be sent to. */
export function AddNodeDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('ai')
  return (
    <Dialog
      open={open}
      onOpenChange={(wanted) => !wanted && onClose()}
      title={t('add.title')}
      description={t('add.text')}
    >
      <Form onClose={onClose} />
    </Dialog>
  )
}

function Form({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('ai')
  const client = useQueryClient()
  const say = useSayFault()
  const [id, setId] = useState('')
  const [url, setUrl] = useState('')
  const [key, setKey] = useState('')
  const [model, setModel] = useState('')
  const { busy, error, onSubmit } = useForm(async () => {
    const body = {
      node_id: id.trim(),
      base_url: url.trim(),
      model: model.trim(),
      ...(key !== '' && { api_key: key }),
    }
    // The server asks it for its models before it answers.
    const node = await callApi(addNode, { body }, { timeout: 60_000 })
    await client.invalidateQueries({ queryKey: keys.nodes })
    toast(t('add.done', { name: node.name }), { tone: 'ok' })
    onClose()
  })
  return (
    <form onSubmit={onSubmit} className="space-y-4">
      <Field label={t('add.id')} hint={t('add.idHint')} required>
        <Input
          value={id}
          onChange={(event) => setId(event.target.value)}
          pattern="[A-Za-z0-9][A-Za-z0-9._\-]*"
          maxLength={64}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="speaches"
        />
      </Field>
      <Field label={t('add.url')} hint={t('add.urlHint')} required>
        <Input
          type="url"
          value={url}
          onChange={(event) => setUrl(event.target.value)}
          pattern="https?://.+"
          maxLength={2048}
          autoComplete="off"
          placeholder="http://10.0.0.5:8000/v1"
        />
      </Field>
      <Field label={t('add.key')} hint={t('add.keyHint')}>
        <PasswordInput
          value={key}
          onChange={(event) => setKey(event.target.value)}
          maxLength={4096}
          autoComplete="new-password"
        />
      </Field>
      <Field label={t('add.model')} hint={t('add.modelHint')} required>
        <Input
          value={model}
          onChange={(event) => setModel(event.target.value)}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          placeholder="Systran/faster-whisper-small"
        />
      </Field>
      {error !== undefined && <Notice tone="danger">{say(error)}</Notice>}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button kind="primary" type="submit" busy={busy}>
          {t('add.action')}
        </Button>
      </div>
    </form>
  )
}
