import { useTranslation } from 'react-i18next'
import { useStore } from '../use-store.ts'
import { useRoom, useRoomState } from './room-context.ts'

/** Reactions rising over the stage, each with its sender's name. */
export function ReactionLayer() {
  const { t } = useTranslation('meetings')
  const { session } = useRoom()
  const reactions = useStore(session.reactions)
  const people = useRoomState((state) => state.people)
  const selfId = useRoomState((state) => state.selfId)
  return (
    <div aria-live="polite" className="pointer-events-none absolute inset-y-0 left-4 z-20 w-40 overflow-hidden">
      {reactions.map(({ id, userId, emoji }) => {
        const name =
          userId === selfId ? t('tile.yourself') : (people.find((person) => person.userId === userId)?.name ?? '')
        return (
          <span
            key={id}
            className="absolute bottom-3 flex animate-reaction flex-col items-center gap-1"
            style={{ left: `${(id * 37) % 88}px` }}
          >
            <span className="text-28">{emoji}</span>
            <span className="max-w-28 truncate rounded-full bg-black/70 px-2 text-12 text-white">{name}</span>
          </span>
        )
      })}
    </div>
  )
}
