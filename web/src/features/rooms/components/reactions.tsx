import { useTranslation } from 'react-i18next'
import type { RoomMessage } from '#contracts/schemas/room.ts'
import { cx } from '@/ui/cx.ts'

interface Props {
  message: RoomMessage
  me: number | undefined
  onReact: (message: RoomMessage, emoji: string, on: boolean) => void
}

/** What people made of a message; pressing one joins in or takes it back. */
export function Reactions({ message, me, onReact }: Props) {
  const { t } = useTranslation('rooms')
  if (message.reactions.length === 0) return null
  return (
    <div className="flex flex-wrap gap-1 py-1">
      {message.reactions.map(({ emoji, user_ids }) => {
        const isMine = me !== undefined && user_ids.includes(me)
        return (
          <button
            key={emoji}
            type="button"
            aria-pressed={isMine}
            aria-label={t('message.reaction', { emoji, count: user_ids.length })}
            onClick={() => onReact(message, emoji, !isMine)}
            className={cx(
              'inline-flex h-6 items-center gap-1 rounded-full border px-2 text-12 touch:h-9 touch:px-3',
              isMine
                ? 'border-accent-ink bg-accent-soft text-accent-ink'
                : 'border-line bg-canvas text-ink-2 hover:bg-hover',
            )}
          >
            <span aria-hidden="true">{emoji}</span>
            <span className="font-medium tabular-nums">{user_ids.length}</span>
          </button>
        )
      })}
    </div>
  )
}
