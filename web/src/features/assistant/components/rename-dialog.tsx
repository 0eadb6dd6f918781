import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '#contracts/schemas/assistant.ts'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Field, Input } from '@/ui/field.tsx'
import { useChangeConversation } from '../api/conversations.ts'

/** Gives a conversation another name; from then on the model does not rename it. */
export function RenameDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { t } = useTranslation('assistant')
  const { t: common } = useTranslation('common')
  const [title, setTitle] = useState(conversation.title)
  const change = useChangeConversation()
  const save = () => {
    if (title.trim() === '') return
    change.mutate({ id: conversation.id, change: { title: title.trim() } })
    onClose()
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('rename.title')}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button kind="primary" type="submit" form="rename-conversation" disabled={title.trim() === ''}>
            {common('save')}
          </Button>
        </>
      }
    >
      <form
        id="rename-conversation"
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <Field label={t('rename.name')} required>
          <Input value={title} maxLength={200} onChange={(event) => setTitle(event.target.value)} />
        </Field>
      </form>
    </Dialog>
  )
}
