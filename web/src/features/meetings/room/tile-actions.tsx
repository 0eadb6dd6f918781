import { useTranslation } from 'react-i18next'
import { cx } from '@/ui/cx.ts'
import { Icon, type IconName } from '@/ui/icons.tsx'
import { Tooltip } from '@/ui/tooltip.tsx'
import { PersonMenu } from './person-menu.tsx'
import { useRoom, useRoomUi } from './room-context.ts'
import type { TileModel } from './tiles.ts'

/** Pin, fullscreen and the person's menu, over the tile while it is pointed at or focused. */
export function TileActions({ tile, shown }: { tile: TileModel; shown: boolean }) {
  const { t } = useTranslation('meetings')
  const { ui } = useRoom()
  const pinned = useRoomUi((each) => each.pinned === tile.key)
  return (
    <div
      className={cx(
        'absolute right-2 top-2 flex gap-1 transition-opacity focus-within:opacity-100 has-data-[state=open]:opacity-100',
        shown ? 'opacity-100' : 'opacity-0',
      )}
    >
      <Round
        icon="pin"
        label={t(pinned ? 'tile.unpin' : 'tile.pin')}
        pressed={pinned}
        onClick={() => ui.patch({ pinned: pinned ? null : tile.key })}
      />
      {tile.kind === 'screen' && (
        <Round
          icon="maximize"
          label={t('tile.fullscreen')}
          onClick={(event) =>
            void event.currentTarget
              .closest('section')
              ?.requestFullscreen()
              .catch(() => undefined)
          }
        />
      )}
      {tile.kind === 'person' && !tile.self && (
        <PersonMenu
          person={tile.person}
          trigger={
            <button type="button" aria-label={t('people.actions', { name: tile.person.name })} className={round}>
              <Icon name="ellipsis-vertical" />
            </button>
          }
        />
      )}
    </div>
  )
}

const round = 'grid size-8 place-items-center rounded-full bg-black/60 text-white hover:bg-black/80 touch:size-11'

interface RoundProps {
  icon: IconName
  label: string
  pressed?: boolean
  onClick: React.MouseEventHandler<HTMLButtonElement>
}

function Round({ icon, label, pressed, onClick }: RoundProps) {
  return (
    <Tooltip label={label}>
      <button type="button" aria-label={label} aria-pressed={pressed} onClick={onClick} className={round}>
        <Icon name={icon} />
      </button>
    </Tooltip>
  )
}
