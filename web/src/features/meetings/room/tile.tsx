import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar, hueOf } from '@/ui/avatar.tsx'
import { cx } from '@/ui/cx.ts'
import { Icon } from '@/ui/icons.tsx'
import { ConnectionBars } from './connection-bars.tsx'
import { MicState } from './mic-state.tsx'
import { useRoomUi } from './room-context.ts'
import { TileActions } from './tile-actions.tsx'
import { TileTrouble } from './tile-trouble.tsx'
import type { TileModel } from './tiles.ts'
import { useLevel } from './use-level.ts'
import { useOwnStream } from './use-own-stream.ts'
import { VideoSurface } from './video-surface.tsx'

interface TileProps {
  tile: TileModel
  /** The large one: asked for first when the line is thin. */
  main?: boolean
  /** Too small for more than a picture and a name. */
  small?: boolean
}

/** One person or one shared screen. */
export const Tile = memo(function Tile({ tile, main, small }: TileProps) {
  const { t } = useTranslation('meetings')
  const { person, self, kind } = tile
  const screen = kind === 'screen'
  const own = useOwnStream(self ? kind : null)
  const stream = self ? own : tile.track && (screen || person.media.video_enabled) ? tile.track.stream : null
  const name = self ? t('tile.you', { name: person.name }) : person.name
  const label = screen ? (self ? t('tile.ownScreen') : t('tile.screenOf', { name: person.name })) : name
  const pinned = useRoomUi((ui) => ui.pinned === tile.key)
  const [hovered, setHovered] = useState(false)
  return (
    <section
      aria-label={label}
      data-user={person.userId}
      data-kind={kind}
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
      onFocus={() => setHovered(true)}
      onBlur={() => setHovered(false)}
      className={cx('group relative size-full overflow-hidden rounded-10', screen ? 'bg-black' : 'bg-raised')}
    >
      {stream && person.online ? (
        <VideoSurface
          stream={stream}
          publicationId={tile.track?.publication_id}
          priority={screen ? 3 : main ? 2 : 0}
          mirrored={self && !screen}
          whole={screen}
          label={label}
        />
      ) : (
        !screen && <Face person={person} />
      )}
      {!self && <TileTrouble tile={tile} small={small ?? false} />}
      {person.handAt !== null && !screen && (
        <span className="absolute left-2 top-2 flex items-center gap-1 rounded-full bg-white px-2 py-0.5 text-12 font-medium text-black shadow-1">
          <Icon name="hand" size={14} label={t('tile.hand')} />
        </span>
      )}
      <div
        className={cx(
          'pointer-events-none absolute inset-x-0 bottom-0 flex items-end gap-1.5 p-2.5 pt-6 text-12 font-medium text-white',
          stream && 'bg-linear-to-t from-black/60 to-transparent',
        )}
      >
        {!screen && <MicState userId={person.userId} on={person.media.audio_enabled} className="mb-0.5 shrink-0" />}
        {screen && <Icon name="monitor" size={14} className="mb-0.5 shrink-0" />}
        <span className="truncate">{label}</span>
        {pinned && <Icon name="pin" size={14} label={t('tile.pinned')} className="mb-0.5 shrink-0" />}
        {person.connection && person.connection.quality !== 'good' && (
          <ConnectionBars person={person} className="pointer-events-auto mb-0.5 ml-auto" />
        )}
      </div>
      {!screen && <SpeakingRing userId={person.userId} on={person.media.audio_enabled} />}
      {!small && <TileActions tile={tile} shown={hovered} />}
    </section>
  )
})

/** Whoever shows no picture: their own colour, faintly, and their initials as large as the tile allows. */
function Face({ person }: { person: TileModel['person'] }) {
  return (
    <span className="absolute inset-0 grid place-items-center [container-type:size]">
      <span data-hue={hueOf(person.userId)} className="absolute inset-0 opacity-12" />
      <Avatar
        id={person.userId}
        name={person.name}
        src={person.avatarUrl}
        size={96}
        className={cx(
          'relative size-[min(38cqmin,11rem)]! text-[min(13cqmin,3.75rem)]!',
          !person.online && 'opacity-40',
        )}
      />
    </span>
  )
}

function SpeakingRing({ userId, on }: { userId: number; on: boolean }) {
  const speaking = useLevel(userId) >= 0.2 && on
  return (
    <span
      data-speaking={speaking || undefined}
      className={cx(
        'pointer-events-none absolute inset-0 rounded-10 border-2 transition-colors duration-200',
        speaking ? 'border-accent-ink' : 'border-transparent',
      )}
    />
  )
}
