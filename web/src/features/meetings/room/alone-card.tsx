import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/button.tsx'
import { copyMeetingLink } from '../meeting-link.ts'
import { useRoom, useRoomUi } from './room-context.ts'

/** While nobody else is here: the link to send to them. */
export function AloneCard() {
  const { t } = useTranslation('meetings')
  const { meetingId } = useRoom()
  const open = useRoomUi((ui) => ui.panel === null)
  if (!open) return null
  return (
    <aside
      aria-label={t('alone.title')}
      className="absolute bottom-10 left-3 z-10 w-80 max-w-[calc(100%-1.5rem)] animate-rise-in rounded-10 border border-line bg-raised p-4 shadow-2 max-sm:bottom-9"
    >
      <p className="font-semibold">{t('alone.title')}</p>
      <p className="mt-0.5 text-ink-2">{t('alone.hint', { id: meetingId })}</p>
      <Button className="mt-3" size="sm" icon="copy" onClick={() => copyMeetingLink(meetingId, t)}>
        {t('copyLink')}
      </Button>
    </aside>
  )
}
