import { Popover } from 'radix-ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ControlButton } from './control-button.tsx'
import { useRoom } from './room-context.ts'

/** What one can say without a word. */
export const reactions = ['👍', '👏', '❤️', '😂', '😮', '🎉', '🤔', '👎'] as const

/** A row of emojis over the bar; it stays open, so that one can clap more than once. */
export function ReactionMenu({ className }: { className?: string }) {
  const { t } = useTranslation('meetings')
  const { session } = useRoom()
  const [open, setOpen] = useState(false)
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <ControlButton
          icon="smile"
          label={t('controls.react')}
          look={open ? 'on' : 'plain'}
          {...(className ? { className } : {})}
        />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          side="top"
          sideOffset={10}
          collisionPadding={8}
          aria-label={t('controls.react')}
          className="z-50 flex animate-pop-in gap-0.5 rounded-full border border-line bg-raised p-1 shadow-2"
        >
          <ReactionRow onReact={(emoji) => session.react(emoji)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

/** The emojis as buttons. */
export function ReactionRow({ onReact }: { onReact: (emoji: string) => void }) {
  const { t } = useTranslation('meetings')
  return reactions.map((emoji) => (
    <button
      key={emoji}
      type="button"
      aria-label={t('controls.reactWith', { emoji })}
      onClick={() => onReact(emoji)}
      className="grid size-10 place-items-center rounded-full text-20 transition-transform hover:scale-115 hover:bg-hover touch:size-11"
    >
      {emoji}
    </button>
  ))
}
