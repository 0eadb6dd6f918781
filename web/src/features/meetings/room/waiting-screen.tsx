import { useTranslation } from 'react-i18next'
import { Button, Spinner } from '@/ui/button.tsx'
import { useTitle } from '@/ui/page.tsx'
import type { ActiveRoom } from '../active-room.ts'
import { CaptureNotice } from '../components/capture-notice.tsx'
import { PreviewPicture } from '../prejoin/preview-picture.tsx'
import { useRoomState } from './room-context.ts'
import { useDarkPage } from './use-dark-page.ts'
import { nameOf, useAccount } from '@/lib/account.ts'

/** On the way in: connecting, or before the door. */
export function WaitingScreen({ room }: { room: ActiveRoom }) {
  const { t } = useTranslation('meetings')
  const { data: account } = useAccount()
  const phase = useRoomState((state) => state.phase)
  const reason = useRoomState((state) => state.waitingFor)
  const title = useRoomState((state) => state.title)
  const audioOnly = useRoomState((state) => state.meetingType === 'audio')
  useTitle(title)
  useDarkPage()
  const waits = phase === 'waiting'
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 bg-sunken p-6 text-ink">
      {waits && account && (
        <div className="w-full max-w-[36rem]">
          <PreviewPicture
            local={room.local}
            audioOnly={audioOnly}
            person={{ id: account.user_id, name: nameOf(account), avatarUrl: account.avatar_url }}
          />
        </div>
      )}
      <div role="status" className="flex max-w-[36rem] flex-col items-center gap-2 text-center">
        {title && <h1 className="text-20 font-semibold">{title}</h1>}
        <p className="flex items-center gap-2.5 text-16 text-ink-2">
          <Spinner size={20} />
          {waits ? t(reason === 'host' ? 'waiting.host' : 'waiting.lobby') : t('waiting.connecting')}
        </p>
        {waits && <p className="text-ink-3">{t(reason === 'host' ? 'waiting.hostHint' : 'waiting.lobbyHint')}</p>}
      </div>
      <CaptureNotice meetingId={room.meetingId} />
      <Button onClick={() => room.session.leave()}>{t('waiting.leave')}</Button>
    </main>
  )
}
