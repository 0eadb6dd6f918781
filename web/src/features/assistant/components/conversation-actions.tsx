import { useTranslation } from 'react-i18next'
import type { Conversation } from '#contracts/schemas/assistant.ts'
import { describeError } from '@/lib/describe-error.ts'
import { MenuItem, MenuSeparator } from '@/ui/menu.tsx'
import { toast } from '@/ui/toast.tsx'
import { useChangeConversation } from '../api/conversations.ts'
import { downloadConversation } from '../api/download.ts'

interface Props {
  conversation: Conversation
  onRename: (conversation: Conversation) => void
  onDelete: (conversation: Conversation) => void
}

/** What can be done with a conversation, as items of a menu. */
export function ConversationActions({ conversation, onRename, onDelete }: Props) {
  const { t } = useTranslation('assistant')
  const { t: common } = useTranslation('common')
  const change = useChangeConversation()
  const { id, pinned, title } = conversation
  const save = (format: 'markdown' | 'json') =>
    downloadConversation(id, title, format).catch((error: unknown) =>
      toast(describeError(error, common).sentence, { tone: 'danger' }),
    )
  return (
    <>
      <MenuItem icon="pin" onSelect={() => change.mutate({ id, change: { pinned: !pinned } })}>
        {t(pinned ? 'actions.unpin' : 'actions.pin')}
      </MenuItem>
      <MenuItem icon="pencil" onSelect={() => onRename(conversation)}>
        {t('actions.rename')}
      </MenuItem>
      <MenuItem icon="download" onSelect={() => void save('markdown')}>
        {t('actions.markdown')}
      </MenuItem>
      <MenuItem icon="code" onSelect={() => void save('json')}>
        {t('actions.json')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon="trash-2" danger onSelect={() => onDelete(conversation)}>
        {t('actions.delete')}
      </MenuItem>
    </>
  )
}
