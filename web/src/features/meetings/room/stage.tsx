import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '@/ui/button.tsx'
import { cx } from '@/ui/cx.ts'
import { AloneCard } from './alone-card.tsx'
import { type Place, gridPlaces, pageSize, spotlightPlaces, stripSize } from './grid-layout.ts'
import { useRoom, useRoomState, useRoomUi } from './room-context.ts'
import { Tile } from './tile.tsx'
import { type TileModel, arrange, keepOrder, tilesOf } from './tiles.ts'
import { useSize } from './use-size.ts'

/** Everybody, arranged so that the space is used well, page by page when there are many. */
export function Stage() {
  const { t } = useTranslation('meetings')
  const { ui } = useRoom()
  const people = useRoomState((state) => state.people)
  const tracks = useRoomState((state) => state.tracks)
  const selfId = useRoomState((state) => state.selfId)
  const speakerId = useRoomState((state) => state.speakerId)
  const layout = useRoomUi((each) => each.layout)
  const pinned = useRoomUi((each) => each.pinned)
  const page = useRoomUi((each) => each.page)
  const frame = useRef<HTMLDivElement>(null)
  const { width, height } = useSize(frame)
  const gap = width < 600 ? 6 : 10

  const tiles = useMemo(() => tilesOf({ people, tracks, selfId }), [people, tracks, selfId])
  const arrangement = useMemo(() => arrange(tiles, layout, pinned, speakerId), [tiles, layout, pinned, speakerId])
  const { main, corner } = arrangement
  const size = main ? stripSize(width, height, gap) : pageSize(width, height)
  const rest = useOrdered(arrangement.rest, size, main ? null : speakerId)
  const pages = Math.max(1, Math.ceil(rest.length / size))
  const at = Math.min(page, pages - 1)
  const shown = useMemo(() => rest.slice(at * size, at * size + size), [rest, at, size])

  const placed = useMemo((): readonly PlacedTile[] => {
    if (width === 0) return []
    if (main) {
      const spotlight = spotlightPlaces(shown.length, width, height, gap)
      return [{ tile: main, place: spotlight.main, main: true }, ...pair(shown, spotlight.rest)]
    }
    const grid = pair(shown, gridPlaces(shown.length, width, height, gap))
    return corner ? [...grid, { tile: corner, place: cornerPlace(width, height), corner: true }] : grid
  }, [main, corner, shown, width, height, gap])

  const alone = people.length === 1 && tiles.length === 1
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div ref={frame} role="group" aria-label={t('room.stage')} className="relative min-h-0 flex-1">
        {placed.map(({ tile, place, ...how }) => (
          <div
            key={tile.key}
            className={cx(
              'absolute left-0 top-0 transition-[transform,width,height] duration-200 ease-out',
              how.corner && 'z-10 rounded-10 shadow-2 ring-1 ring-white/15',
            )}
            style={{ width: place.width, height: place.height, transform: `translate(${place.x}px, ${place.y}px)` }}
          >
            <Tile tile={tile} main={how.main ?? false} small={place.width < 150} />
          </div>
        ))}
        {alone && <AloneCard />}
      </div>
      {pages > 1 && (
        <nav
          aria-label={t('room.pages')}
          className="flex h-9 shrink-0 items-center justify-center gap-2 text-12 text-ink-2"
        >
          <IconButton
            icon="chevron-left"
            size="sm"
            label={t('room.previousPage')}
            disabled={at === 0}
            onClick={() => ui.patch({ page: at - 1 })}
          />
          {t('room.page', { page: at + 1, pages })}
          <IconButton
            icon="chevron-right"
            size="sm"
            label={t('room.nextPage')}
            disabled={at === pages - 1}
            onClick={() => ui.patch({ page: at + 1 })}
          />
        </nav>
      )}
    </div>
  )
}

/** The tiles in an order that changes as little as it can. */
function useOrdered(tiles: readonly TileModel[], size: number, speakerId: number | null): readonly TileModel[] {
  const [order, setOrder] = useState<readonly string[]>([])
  const next = useMemo(() => keepOrder(order, tiles, size, speakerId), [order, tiles, size, speakerId])
  // What it came to is where the next change begins.
  if (order.length !== next.length || order.some((key, index) => key !== next[index])) setOrder(next)
  return useMemo(() => next.flatMap((key) => tiles.find((tile) => tile.key === key) ?? []), [next, tiles])
}

interface PlacedTile {
  tile: TileModel
  place: Place
  main?: boolean
  corner?: boolean
}

function pair(tiles: readonly TileModel[], places: readonly Place[]): PlacedTile[] {
  return tiles.flatMap((tile, index) => {
    const place = places[index]
    return place ? [{ tile, place }] : []
  })
}

/** Over the other person, at the foot on the right: upright on a phone. */
function cornerPlace(width: number, height: number): Place {
  const narrow = width < 600
  const across = narrow ? Math.min(112, width * 0.3) : Math.min(260, width * 0.22)
  const tall = narrow ? (across * 4) / 3 : (across * 9) / 16
  return { x: width - across - 12, y: height - tall - 12, width: across, height: tall }
}
