import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { describeError } from '@/lib/describe-error.ts'
import { Button } from '@/ui/button.tsx'
import { Icon, type IconName } from '@/ui/icons.tsx'
import { useTitle } from '@/ui/page.tsx'
import { type ActiveRoom, dismissRoom } from '../active-room.ts'
import { useRoomState } from './room-context.ts'

const icons: Record<string, IconName> = {
  left: 'log-out',
  ended: 'circle-stop',
  removed: 'user-x',
  denied: 'ban',
  replaced: 'monitor',
  failed: 'triangle-alert',
}

/** How it ended, honestly, and what can be done now. */
export function EndScreen({ room }: { room: ActiveRoom }) {
  const { t } = useTranslation('meetings')
  const { t: common } = useTranslation('common')
  const navigate = useNavigate()
  const phase = useRoomState((state) => state.phase)
  const error = useRoomState((state) => state.error)
  const title = useRoomState((state) => state.title)
  const recorded = useRoomState((state) => state.recorded)
  useTitle(title)
  const again = phase === 'left' || phase === 'replaced' || phase === 'failed'
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-2 bg-sunken p-6 text-center">
      <span className="mb-2 grid size-14 place-items-center rounded-full bg-pressed text-ink-2">
        <Icon name={icons[phase] ?? 'info'} size={24} />
      </span>
      <h1 className="text-20 font-semibold">{t(`end.${phase}.title`)}</h1>
      <p className="max-w-96 text-balance text-ink-2">
        {phase === 'failed' && error ? describeError(error, common).sentence : t(`end.${phase}.text`, { title })}
      </p>
      {recorded && (
        <p className="flex max-w-96 items-center gap-2 text-balance text-ink-2">
          <Icon name="film" className="shrink-0" />
          {t('end.recorded')}
        </p>
      )}
      <div className="mt-4 flex flex-wrap justify-center gap-2">
        {recorded && (
          <Button
            icon="film"
            onClick={() => {
              void navigate({ to: `/meetings/${room.meetingId}` }).then(() => dismissRoom(room))
            }}
          >
            {t('end.recordings')}
          </Button>
        )}
        {again && <Button onClick={() => dismissRoom(room)}>{t('end.again')}</Button>}
        <Button
          kind="primary"
          onClick={() => {
            void navigate({ to: '/meetings' }).then(() => dismissRoom(room))
          }}
        >
          {t('end.home')}
        </Button>
      </div>
    </main>
  )
}
