import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { CountBadge } from '@/ui/badge.tsx'
import { Section as Frame } from '@/ui/page.tsx'
import { useRooms } from '../state/rooms.ts'
import { RoomPicture } from './room-list.tsx'

const MOST = 5

/** Rooms with something new, on Home. */
export function Section() {
  const { t } = useTranslation('rooms')
  const unread = useRooms().data?.filter((room) => room.unread > 0) ?? []
  if (unread.length === 0) return null
  return (
    <Frame title={t('home.title')} id="home-rooms">
      <ul className="rounded-10 border border-line bg-canvas dark:bg-raised">
        {unread.slice(0, MOST).map((room) => (
          <li key={room.id} className="border-line not-last:border-b">
            <Link
              to="/rooms/$id"
              params={{ id: String(room.id) }}
              className="flex items-center gap-3 px-3 py-2 hover:bg-hover"
            >
              <RoomPicture room={room} />
              <span className="min-w-0 flex-1">
                <bdi className="block truncate font-medium">{room.name}</bdi>
                <span className="block truncate text-12 text-ink-3">
                  {room.last_message?.deleted ? t('message.deleted') : room.last_message?.content}
                </span>
              </span>
              <CountBadge count={room.unread} label={t('unread', { count: room.unread })} />
            </Link>
          </li>
        ))}
      </ul>
    </Frame>
  )
}
