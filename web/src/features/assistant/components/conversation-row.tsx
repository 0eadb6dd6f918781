import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '#contracts/schemas/assistant.ts'
import { IconButton } from '@/ui/button.tsx'
import { cx } from '@/ui/cx.ts'
import { Icon } from '@/ui/icons.tsx'
import { Menu } from '@/ui/menu.tsx'
import { ConversationActions } from './conversation-actions.tsx'

interface Props {
  conversation: Conversation
  isSelected: boolean
  onRename: (conversation: Conversation) => void
  onDelete: (conversation: Conversation) => void
}

/** One conversation of the list. */
export function ConversationRow({ conversation, isSelected, onRename, onDelete }: Props) {
  const { t } = useTranslation('assistant')
  return (
    <div
      className={cx(
        'group flex h-9 items-center rounded-6 hover:bg-hover focus-within:bg-hover touch:h-11',
        isSelected && 'bg-pressed',
      )}
    >
      <Link
        to={`/assistant/${conversation.id}`}
        aria-current={isSelected ? 'page' : undefined}
        className="flex h-full min-w-0 flex-1 items-center gap-2 rounded-6 pl-2"
      >
        {conversation.pinned && <Icon name="pin" size={14} className="shrink-0 text-ink-3" />}
        <span className="truncate">{conversation.title}</span>
      </Link>
      <span
        className={cx(
          'shrink-0 group-hover:opacity-100 group-focus-within:opacity-100 has-data-[state=open]:opacity-100 touch:opacity-100',
          !isSelected && 'opacity-0',
        )}
      >
        <Menu
          trigger={
            <IconButton
              icon="ellipsis"
              size="sm"
              iconSize={16}
              label={t('list.actions', { title: conversation.title })}
            />
          }
        >
          <ConversationActions conversation={conversation} onRename={onRename} onDelete={onDelete} />
        </Menu>
      </span>
    </div>
  )
}
