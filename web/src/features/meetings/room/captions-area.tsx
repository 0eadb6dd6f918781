import { useTranslation } from 'react-i18next'
import { useRoomState, useRoomUi } from './room-context.ts'

/** What is said, written, as far as the server sends it. */
export function CaptionsArea() {
  const { t } = useTranslation('meetings')
  const on = useRoomUi((ui) => ui.captions)
  const captions = useRoomState((state) => state.captions)
  const people = useRoomState((state) => state.people)
  if (!on) return null
  return (
    <div
      role="log"
      aria-label={t('captions.title')}
      className="mx-auto flex min-h-14 w-full max-w-[44rem] shrink-0 flex-col justify-end gap-1 rounded-10 bg-black/60 px-4 py-2 text-16 text-white"
    >
      {captions.length === 0 && <p className="text-center text-14 text-white/70">{t('captions.none')}</p>}
      {captions.slice(-2).map((caption) => (
        <p key={caption.id}>
          <span className="mr-2 text-12 text-white/70">
            {people.find((person) => person.userId === caption.userId)?.name}
          </span>
          {caption.text}
        </p>
      ))}
    </div>
  )
}
