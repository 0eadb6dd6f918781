import { useTranslation } from 'react-i18next'
import { Avatar } from '@/ui/avatar.tsx'
import { Button } from '@/ui/button.tsx'
import { useRoom, useRoomState } from './room-context.ts'

/** Those before the door. */
export function LobbyList() {
  const { t } = useTranslation('meetings')
  const { session } = useRoom()
  const waiting = useRoomState((state) => state.waiting)
  if (waiting.length === 0) return null
  return (
    <section
      aria-label={t('lobby.title', { count: waiting.length })}
      className="mx-3 mb-3 rounded-10 bg-accent-soft pb-1"
    >
      <header className="flex items-center gap-2 py-2 pl-3 pr-2">
        <h3 className="min-w-0 flex-1 truncate font-medium">{t('lobby.title', { count: waiting.length })}</h3>
        {waiting.length > 1 && (
          <Button size="sm" kind="ghost" onClick={() => session.send('admit', { all: true })}>
            {t('lobby.admitAll')}
          </Button>
        )}
      </header>
      <ul>
        {waiting.map((each) => {
          const name = each.nickname || each.username
          return (
            <li key={each.user_id} className="flex items-center gap-2.5 px-3 py-1.5">
              <Avatar id={each.user_id} name={name} src={each.avatar_url} />
              <span className="min-w-0 flex-1 truncate">{name}</span>
              <Button
                size="sm"
                kind="ghost"
                aria-label={t('lobby.denyName', { name })}
                onClick={() => session.send('deny', { user_id: each.user_id })}
              >
                {t('lobby.deny')}
              </Button>
              <Button
                size="sm"
                kind="primary"
                aria-label={t('lobby.admitName', { name })}
                onClick={() => session.send('admit', { user_id: each.user_id })}
              >
                {t('lobby.admit')}
              </Button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
