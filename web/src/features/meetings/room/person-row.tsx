import { useTranslation } from 'react-i18next'
import { Avatar } from '@/ui/avatar.tsx'
import { IconButton } from '@/ui/button.tsx'
import { cx } from '@/ui/cx.ts'
import { Icon } from '@/ui/icons.tsx'
import type { Person } from '../rtc/room-state.ts'
import { ConnectionBars } from './connection-bars.tsx'
import { MicState } from './mic-state.tsx'
import { PersonMenu } from './person-menu.tsx'
import { useRoomState } from './room-context.ts'

/** One person in the list. */
export function PersonRow({ person }: { person: Person }) {
  const { t } = useTranslation('meetings')
  const self = useRoomState((state) => state.selfId) === person.userId
  const about = [
    person.role !== 'participant' && t(`role.${person.role}`),
    !person.online && t('tile.reconnecting'),
    person.media.screen_sharing && t('people.sharing'),
    person.online && person.connection?.quality === 'poor' && t('connection.poor'),
  ].filter(Boolean)
  return (
    <li className="flex min-h-13 items-center gap-3 px-4 py-1.5 hover:bg-hover">
      <Avatar
        id={person.userId}
        name={person.name}
        src={person.avatarUrl}
        className={person.online ? '' : 'opacity-40'}
      />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{self ? t('tile.you', { name: person.name }) : person.name}</span>
        {about.length > 0 && <span className="block truncate text-12 text-ink-3">{about.join(' · ')}</span>}
      </span>
      {person.handAt !== null && <Icon name="hand" size={18} label={t('tile.hand')} className="text-warn-ink" />}
      <ConnectionBars
        person={person}
        className={cx(
          person.connection?.quality === 'poor' && 'text-danger-ink',
          person.connection?.quality === 'fair' && 'text-warn-ink',
          person.connection?.quality === 'good' && 'text-ink-3',
        )}
      />
      <MicState
        userId={person.userId}
        on={person.media.audio_enabled}
        className={person.media.audio_enabled ? 'text-ok-ink' : 'text-ink-3'}
      />
      {!self && (
        <PersonMenu
          person={person}
          trigger={
            <IconButton
              icon="ellipsis-vertical"
              size="sm"
              label={t('people.actions', { name: person.name })}
              className="-mr-2"
            />
          }
        />
      )}
    </li>
  )
}
