import { useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { createNodeToken } from '#contracts/nodes.ts'
import { callApi } from '@/lib/api.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { CodeBlock } from '@/ui/code-block.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Field, Input } from '@/ui/field.tsx'
import { useForm } from '@/ui/use-form.ts'
import { useSayFault } from '../api/act.ts'
import { keys } from '../api/queries.ts'
import { joinCommand } from './join-command.ts'

/** Names a token, and then shows it, with what to type on the other machine, this once. */
export function TokenDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('ai')
  const [token, setToken] = useState<string | null>(null)
  const close = () => {
    setToken(null)
    onClose()
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(wanted) => !wanted && close()}
      title={t(token === null ? 'tokens.make' : 'tokens.ready')}
      description={t(token === null ? 'tokens.makeText' : 'tokens.readyText')}
      width="md"
    >
      {token === null ? (
        <Form onMade={setToken} onClose={close} />
      ) : (
        <div className="space-y-4">
          <Notice tone="warn">{t('tokens.once')}</Notice>
          <CodeBlock language={t('tokens.command')} code={joinCommand(location.origin, token)} />
          <CodeBlock language={t('tokens.token')} code={token} />
          <p className="text-12 text-ink-3">{t('tokens.models')}</p>
          <div className="flex justify-end">
            <Button kind="primary" onClick={close}>
              {t('tokens.done')}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  )
}

function Form({ onMade, onClose }: { onMade: (token: string) => void; onClose: () => void }) {
  const { t } = useTranslation('ai')
  const client = useQueryClient()
  const say = useSayFault()
  const [name, setName] = useState('')
  const { busy, error, onSubmit } = useForm(async () => {
    const { token } = await callApi(createNodeToken, { body: { name: name.trim() } })
    onMade(token)
    await client.invalidateQueries({ queryKey: keys.tokens })
  })
  return (
    <form onSubmit={onSubmit} className="space-y-4">
      <Field label={t('tokens.name')} hint={t('tokens.nameHint')} required>
        <Input
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={100}
          pattern=".*\S.*"
          autoComplete="off"
        />
      </Field>
      {error !== undefined && <Notice tone="danger">{say(error)}</Notice>}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button kind="primary" type="submit" busy={busy}>
          {t('tokens.make')}
        </Button>
      </div>
    </form>
  )
}
