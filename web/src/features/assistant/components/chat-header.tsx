import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '#contracts/schemas/assistant.ts'
import { IconButton } from '@/ui/button.tsx'
import { Icon } from '@/ui/icons.tsx'
import { Menu, MenuItem, MenuSeparator } from '@/ui/menu.tsx'
import { ConversationActions } from './conversation-actions.tsx'
import { InstructionsDialog } from './instructions-dialog.tsx'
import { ModelPicker } from './model-picker.tsx'

interface Props {
  conversation: Conversation | undefined
  isNew: boolean
  /** This conversation is what the page is about. */
  isPage: boolean
  models: readonly string[]
  model: string | undefined
  onModel: (model: string) => void
  onRename: (conversation: Conversation) => void
  onDelete: (conversation: Conversation) => void
}

/** What the conversation is called, who answers in it, and what can be done with it. */
export function ChatHeader({ conversation, isNew, isPage, models, model, onModel, onRename, onDelete }: Props) {
  const { t } = useTranslation('assistant')
  const { t: common } = useTranslation('common')
  // Beside the list alone (`/assistant`), the list's is the page's name.
  const Title = isPage ? 'h1' : 'h2'
  const [isInstructing, setInstructing] = useState(false)
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 border-b border-line px-2 md:px-4">
      <Link
        to={'/assistant'}
        aria-label={common('back')}
        className="grid size-11 shrink-0 place-items-center rounded-6 text-ink-2 hover:bg-hover md:hidden"
      >
        <Icon name="arrow-left" size={18} />
      </Link>
      <Title className="min-w-0 flex-1 truncate text-16 font-semibold">
        {conversation?.title ?? (isNew ? t('header.new') : '\u00a0')}
      </Title>
      {model && <ModelPicker models={models} value={model} onPick={onModel} />}
      <Menu trigger={<IconButton icon="ellipsis" label={t('header.more')} />}>
        <MenuItem icon="scroll-text" onSelect={() => setInstructing(true)}>
          {t('actions.instructions')}
        </MenuItem>
        {conversation && (
          <>
            <MenuSeparator />
            <ConversationActions conversation={conversation} onRename={onRename} onDelete={onDelete} />
          </>
        )}
      </Menu>
      {isInstructing && <InstructionsDialog conversation={conversation} onClose={() => setInstructing(false)} />}
    </header>
  )
}
