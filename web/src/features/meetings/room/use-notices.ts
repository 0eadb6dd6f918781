import type { TFunction } from 'i18next'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from '@/ui/toast.tsx'
import type { ActiveRoom } from '../active-room.ts'
import type { Notice } from '../rtc/notices.ts'

/** From so many on, comings and goings are not told one by one. */
const CROWD = 12

/** Says in passing what happens in the room. */
export function useNotices(room: ActiveRoom): void {
  const { t } = useTranslation('meetings')
  useEffect(() => room.onNotice((notice) => tell(notice, room, t)), [room, t])
}

function tell(notice: Notice, room: ActiveRoom, t: TFunction<'meetings'>): void {
  switch (notice.kind) {
    case 'turned-off':
      return toast(t(`notice.off.${notice.what}`, { name: notice.by }))
    case 'asked':
      return toast(t('notice.asked', { name: notice.by }), {
        action: { label: t('controls.unmute'), run: () => void room.local.setMicrophone(true) },
      })
    case 'joined':
    case 'left':
      if (room.session.state.get().people.length > CROWD) return
      return toast(t(`notice.${notice.kind}`, { name: notice.name }))
    case 'hand':
      return toast(t('notice.hand', { name: notice.name }))
    case 'knock':
      return toast(t('notice.knock', { name: notice.name }), {
        action: { label: t('lobby.admit'), run: () => void room.session.send('admit', { user_id: notice.userId }) },
      })
    case 'role':
      return toast(t(`notice.role.${notice.role}`))
    case 'recording':
      return toast(
        notice.by
          ? t(notice.on ? 'notice.recordingOnBy' : 'notice.recordingOffBy', { name: notice.by })
          : t(notice.on ? 'notice.recordingOn' : 'notice.recordingOff'),
      )
    case 'streaming':
      return toast(t(`notice.streaming.${notice.state}`), notice.state === 'failed' ? { tone: 'danger' } : {})
    case 'locked':
      return toast(t(notice.on ? 'notice.locked' : 'notice.unlocked'))
    case 'error':
      return tellError(notice.code, t)
  }
}

function tellError(code: Extract<Notice, { kind: 'error' }>['code'], t: TFunction<'meetings'>): void {
  if (code === 'FORBIDDEN') toast(t('notice.forbidden'), { tone: 'danger' })
  else if (code === 'MEDIA_UNAVAILABLE') toast(t('notice.mediaUnavailable'), { tone: 'danger' })
  else if (code === 'TOO_MANY_FRAMES') toast(t('notice.tooFast'), { tone: 'danger' })
}
