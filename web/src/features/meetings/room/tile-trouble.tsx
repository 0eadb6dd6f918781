import { useTranslation } from 'react-i18next'
import { cx } from '@/ui/cx.ts'
import { Spinner } from '@/ui/button.tsx'
import { Icon } from '@/ui/icons.tsx'
import { useStore } from '../use-store.ts'
import { useRoom, useRoomState } from './room-context.ts'
import type { TileModel } from './tiles.ts'

/** Says what is wrong with a picture or a voice, in the tile itself: gone, stopped, held back. */
export function TileTrouble({ tile, small }: { tile: TileModel; small: boolean }) {
  const { t } = useTranslation('meetings')
  const { session } = useRoom()
  const { person, track, kind } = tile
  const id = track?.publication_id ?? ''
  const stalled = useStore(session.media.watch.health, (health) => health.stalled.has(id))
  const state = useRoomState((room) => room.trackStates[id])
  const layer = useRoomState((room) => room.layers[id])
  const voice = useRoomState(
    (room) =>
      room.tracks.find((each) => each.user_id === person.userId && each.source === 'microphone')?.publication_id ?? '',
  )
  const unheard = useStore(session.media.watch.health, (health) => health.stalled.has(voice))
  const meant = kind === 'screen' || person.media.video_enabled
  if (!person.online) return <Veil small={small} spinner text={t('tile.reconnecting')} />
  if (meant && track && layer?.layer === 'off' && layer.reason === 'bandwidth')
    return <Veil small={small} text={t('tile.bandwidth')} />
  if (meant && (stalled || state === 'stalled')) return <Veil small={small} text={t('tile.stopped')} />
  if (meant && !track) return <Veil small={small} spinner text={t('tile.coming')} />
  if (kind === 'person' && unheard && person.media.audio_enabled) return <Chip text={t('tile.unheard')} />
  return null
}

function Veil({ text, spinner, small }: { text: string; spinner?: boolean; small: boolean }) {
  return (
    <div role="status" className="absolute inset-0 grid animate-fade-in place-items-center bg-black/55 text-white">
      <span className={cx('flex flex-col items-center gap-2 px-2 text-center', small ? 'text-12' : 'text-14')}>
        {spinner ? <Spinner size={small ? 16 : 20} /> : <Icon name="wifi-off" size={small ? 16 : 20} />}
        {text}
      </span>
    </div>
  )
}

function Chip({ text }: { text: string }) {
  return (
    <div
      role="status"
      className="absolute right-2 top-2 flex items-center gap-1 rounded-full bg-black/70 px-2 py-0.5 text-12 text-white"
    >
      <Icon name="volume-x" size={14} />
      {text}
    </div>
  )
}
