import type { Person, RoomState } from '../rtc/room-state.ts'
import type { RemoteTrack } from '../rtc/track-types.ts'
import type { Layout } from './room-ui.ts'

/** One picture on the stage: a person, or a screen they share. */
export interface TileModel {
  key: string
  kind: 'person' | 'screen'
  person: Person
  self: boolean
  /** The picture, when there is one to show; the person's own comes from their devices. */
  track: RemoteTrack | null
}

/** What stands where. */
export interface Arrangement {
  /** The large tile; null for a grid. */
  main: TileModel | null
  rest: readonly TileModel[]
  /** The person's own picture in a corner over the other one, when two are alone. */
  corner: TileModel | null
}

/** Everybody and every shared screen: screens first, the person themselves last. */
export function tilesOf(state: Pick<RoomState, 'people' | 'tracks' | 'selfId'>): TileModel[] {
  const trackOf = (userId: number, source: RemoteTrack['source']) =>
    state.tracks.find((track) => track.user_id === userId && track.source === source) ?? null
  const screens = state.people
    .filter((person) => person.media.screen_sharing)
    .map((person): TileModel => {
      const self = person.userId === state.selfId
      return {
        key: `screen-${person.userId}`,
        kind: 'screen',
        person,
        self,
        track: self ? null : trackOf(person.userId, 'screen'),
      }
    })
  const people = state.people.map((person): TileModel => {
    const self = person.userId === state.selfId
    return {
      key: `person-${person.userId}`,
      kind: 'person',
      person,
      self,
      track: self ? null : trackOf(person.userId, 'camera'),
    }
  })
  return [...screens, ...people.filter((tile) => !tile.self), ...people.filter((tile) => tile.self)]
}

/** Puts the tiles where the layout, a pin, a shared screen and the speaker want them. */
export function arrange(
  tiles: readonly TileModel[],
  layout: Layout,
  pinned: string | null,
  speakerId: number | null,
): Arrangement {
  const main = mainTile(tiles, layout, pinned, speakerId)
  if (main) return { main, rest: tiles.filter((tile) => tile !== main), corner: null }
  const [other, self] = tiles
  if (layout === 'auto' && tiles.length === 2 && other?.kind === 'person' && self?.self) {
    return { main: null, rest: [other], corner: self }
  }
  return { main: null, rest: tiles, corner: null }
}

function mainTile(
  tiles: readonly TileModel[],
  layout: Layout,
  pinned: string | null,
  speakerId: number | null,
): TileModel | null {
  const kept = tiles.find((tile) => tile.key === pinned)
  if (kept) return kept
  if (layout === 'grid' || tiles.length < 2) return null
  // Somebody else's screen rather than one's own, which would show itself.
  const screen =
    tiles.find((tile) => tile.kind === 'screen' && !tile.self) ?? tiles.find((tile) => tile.kind === 'screen')
  if (screen) return screen
  if (layout === 'auto') return null
  return (
    tiles.find((tile) => tile.person.userId === speakerId && !tile.self) ?? tiles.find((tile) => !tile.self) ?? null
  )
}

/**
 * The order people stand in: as they came, except that whoever speaks while not on the first page changes places with the
 * last one there who does not. `order` is the order of before.
 */
export function keepOrder(
  order: readonly string[],
  tiles: readonly TileModel[],
  size: number,
  speakerId: number | null,
): string[] {
  const keys = tiles.map((tile) => tile.key)
  const kept = order.filter((key) => keys.includes(key))
  const next = [...kept, ...keys.filter((key) => !kept.includes(key))]
  // Screens first and oneself last on the first page, whatever was before.
  const rank = (key: string) => (key.startsWith('screen-') ? 0 : 1)
  next.sort((a, b) => rank(a) - rank(b))
  const at = next.indexOf(`person-${speakerId}`)
  if (at >= size && size > 0) {
    const target = size - 1
    const swapped = next[target]
    const speaker = next[at]
    if (swapped && speaker) [next[target], next[at]] = [speaker, swapped]
  }
  return next
}
