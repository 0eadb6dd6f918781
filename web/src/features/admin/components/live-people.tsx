import { useTranslation } from 'react-i18next'
import type { LivePerson, LiveRoom } from '#contracts/admin-rooms.ts'
import { nameOf } from '@/lib/account.ts'
import { Avatar } from '@/ui/avatar.tsx'
import { Badge } from '@/ui/badge.tsx'
import { Sheet } from '@/ui/dialog.tsx'
import { List, ListRow } from '@/ui/list.tsx'
import { bitrate } from './bitrate.ts'

/** Who is in a live meeting, and what each of them sends and gets. */
export function LivePeople({ room, onClose }: { room: LiveRoom; onClose: () => void }) {
  const { t } = useTranslation('admin')
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={room.title}
      description={t('rooms.totalPeople', { count: room.people.length })}
    >
      <List label={t('rooms.people')}>
        {room.people.map((person) => (
          <ListRow
            key={person.session_id}
            leading={<Avatar id={person.user_id} name={nameOf(person)} src="" />}
            title={nameOf(person)}
            subtitle={<Traffic person={person} />}
            meta={
              person.status === 'offline' ? (
                <Badge tone="warn">{t('rooms.away')}</Badge>
              ) : (
                t(`rooms.role.${person.role}`)
              )
            }
          />
        ))}
      </List>
    </Sheet>
  )
}

function Traffic({ person }: { person: LivePerson }) {
  const { t, i18n } = useTranslation('admin')
  if (person.protocol === null) return t('rooms.noMedia')
  const { inbound_bitrate: up, outbound_bitrate: down } = person
  return (
    <span className="tabular-nums">
      {person.protocol.toUpperCase()} · ↑ {bitrate(up, i18n.language)} · ↓ {bitrate(down, i18n.language)}
    </span>
  )
}
