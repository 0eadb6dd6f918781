import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RoomState } from '#contracts/schemas/room.ts'
import { useZone } from '@/lib/account.ts'
import { dayOf, formatTime } from '@/lib/time.ts'
import { Avatar } from '@/ui/avatar.tsx'
import { IconButton } from '@/ui/button.tsx'
import { cx } from '@/ui/cx.ts'
import { Input } from '@/ui/field.tsx'
import { Icon } from '@/ui/icons.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { useMinute } from '@/ui/time.tsx'
import { plainWords } from '../state/plain-words.ts'
import { useRooms } from '../state/rooms.ts'
import { SearchResults } from './search-results.tsx'

/** The rooms one is in, and what is found when one searches. */
export function RoomList({ selected, onCreate }: { selected: number | undefined; onCreate: () => void }) {
  const { t } = useTranslation('rooms')
  const rooms = useRooms()
  // The open room is what the page is about; without one the list is.
  const Title = selected === undefined ? 'h1' : 'h2'
  const [words, setWords] = useState('')
  const wanted = words.trim().toLowerCase()
  const shown = rooms.data?.filter((room) => room.name.toLowerCase().includes(wanted)) ?? []
  return (
    <>
      <header className="flex h-14 shrink-0 items-center gap-2 pl-4 pr-2">
        <Title className="min-w-0 flex-1 truncate text-16 font-semibold">{t('title')}</Title>
        <IconButton icon="square-pen" label={t('create.title')} onClick={onCreate} />
      </header>
      <div className="px-3 pb-2">
        <Input
          type="search"
          icon="search"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          aria-label={t('search.label')}
          placeholder={t('search.placeholder')}
        />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {rooms.isPending && <SkeletonRows count={6} />}
        {rooms.isError && (
          <ErrorState compact error={rooms.error} title={t('failed')} onRetry={() => void rooms.refetch()} />
        )}
        {rooms.data?.length === 0 && !wanted && (
          <EmptyState compact icon="messages-square" title={t('empty.title')}>
            {t('empty.text')}
          </EmptyState>
        )}
        <ul aria-label={t('title')}>
          {shown.map((room) => (
            <RoomRow key={room.id} room={room} selected={room.id === selected} />
          ))}
        </ul>
        {wanted && <SearchResults words={words} />}
      </div>
    </>
  )
}

function RoomRow({ room, selected }: { room: RoomState; selected: boolean }) {
  const { t, i18n } = useTranslation('rooms')
  const zone = useZone()
  const now = new Date(useMinute())
  const at = new Date(room.last_at)
  const where = { language: i18n.language, zone }
  const isToday = dayOf(at, zone) === dayOf(now, zone)
  const last = room.last_message
  return (
    <li>
      <Link
        to="/rooms/$id"
        params={{ id: String(room.id) }}
        aria-current={selected ? 'true' : undefined}
        className={cx(
          'flex items-center gap-3 px-4 py-2 transition-colors hover:bg-hover touch:min-h-16',
          selected && 'bg-pressed',
        )}
      >
        <RoomPicture room={room} />
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <bdi className={cx('min-w-0 flex-1 truncate', room.unread > 0 ? 'font-semibold' : 'font-medium')}>
              {room.name}
            </bdi>
            <time dateTime={room.last_at} className="shrink-0 text-12 text-ink-3">
              {formatTime(at, isToday ? 'time' : 'day', where, now)}
            </time>
          </span>
          <span className="flex items-center gap-2">
            <span className={cx('min-w-0 flex-1 truncate text-12', room.unread > 0 ? 'text-ink-2' : 'text-ink-3')}>
              {last?.content === '' && last.file_name !== null && (
                <Icon name="paperclip" size={12} className="mr-1 inline align-[-0.1em]" />
              )}
              {last === null
                ? t('nothingYet')
                : last.deleted
                  ? t('message.deleted')
                  : `${room.kind === 'direct' || !last.sender_name ? '' : `${last.sender_name}: `}${plainWords(last.content) || (last.file_name ?? '')}`}
            </span>
            {room.mentions > 0 && (
              <Icon name="at-sign" size={14} label={t('mentioned')} className="shrink-0 text-accent-ink" />
            )}
            <Unread count={room.unread} />
          </span>
        </span>
      </Link>
    </li>
  )
}

function Unread({ count }: { count: number }) {
  const { t } = useTranslation('rooms')
  if (count === 0) return null
  return (
    <span className="inline-grid h-5 min-w-5 shrink-0 place-items-center rounded-full bg-accent px-1.5 text-12 font-semibold leading-none text-on-accent">
      <span aria-hidden="true">{count > 999 ? '999+' : count}</span>
      <span className="sr-only">{t('unread', { count })}</span>
    </span>
  )
}

/** A direct room is its other person; others show what kind they are. */
export function RoomPicture({ room }: { room: RoomState }) {
  if (room.peer) return <Avatar id={room.peer.id} name={room.peer.name} src={room.peer.avatar_url} size={40} />
  return (
    <span className="grid size-10 shrink-0 place-items-center rounded-10 bg-pressed text-ink-2">
      <Icon name={room.kind === 'meeting' ? 'video' : 'hash'} size={18} />
    </span>
  )
}
