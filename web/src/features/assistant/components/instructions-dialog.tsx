import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '#contracts/schemas/assistant.ts'
import { queryClient } from '@/app/query.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Field, TextArea } from '@/ui/field.tsx'
import { ErrorState, Loading, Skeleton } from '@/ui/states.tsx'
import { useForm } from '@/ui/use-form.ts'
import { saveInstructions, useChangeConversation, useInstructions } from '../api/conversations.ts'

interface Props {
  conversation: Conversation | undefined
  onClose: () => void
}

/** What the model is told before every conversation, and before this one. */
export function InstructionsDialog({ conversation, onClose }: Props) {
  const { t } = useTranslation('assistant')
  const { data, error, refetch, isSuccess } = useInstructions(true)
  return isSuccess ? (
    <Form conversation={conversation} mine={data ?? ''} onClose={onClose} />
  ) : (
    <Dialog open onOpenChange={onClose} title={t('instructions.title')}>
      {error ? (
        <ErrorState error={error} compact onRetry={() => void refetch()} />
      ) : (
        <Loading>
          <Skeleton className="h-24 w-full" />
        </Loading>
      )}
    </Dialog>
  )
}

function Form({ conversation, mine, onClose }: Props & { mine: string }) {
  const { t } = useTranslation('assistant')
  const { t: common } = useTranslation('common')
  const [general, setGeneral] = useState(mine)
  const [own, setOwn] = useState(conversation?.systemPrompt ?? '')
  const change = useChangeConversation()
  const { busy, sentence, onSubmit } = useForm(async () => {
    if (general !== mine) await saveInstructions(general)
    if (conversation && own !== (conversation.systemPrompt ?? '')) {
      await change.mutateAsync({ id: conversation.id, change: { systemPrompt: own.trim() || null } })
    }
    await queryClient.invalidateQueries({ queryKey: ['assistant', 'settings'] })
    onClose()
  })
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="md"
      title={t('instructions.title')}
      description={t('instructions.about')}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button kind="primary" type="submit" form="assistant-instructions" busy={busy}>
            {common('save')}
          </Button>
        </>
      }
    >
      <form id="assistant-instructions" className="space-y-4" onSubmit={onSubmit}>
        {sentence && <Notice tone="danger">{sentence}</Notice>}
        <Field label={t('instructions.general')} hint={t('instructions.generalHint')}>
          <TextArea
            rows={5}
            maxLength={20_000}
            value={general}
            placeholder={t('instructions.example')}
            onChange={(event) => setGeneral(event.target.value)}
          />
        </Field>
        {conversation && (
          <Field label={t('instructions.own')} hint={t('instructions.ownHint')}>
            <TextArea rows={4} maxLength={20_000} value={own} onChange={(event) => setOwn(event.target.value)} />
          </Field>
        )}
      </form>
    </Dialog>
  )
}
