import { Store } from '../rtc/store.ts'

/** How the room is arranged; `auto` shows a shared screen large and people in a grid otherwise. */
export type Layout = 'auto' | 'grid' | 'speaker'
/** What stands at the side. */
export type Panel = 'chat' | 'people' | null

/** What the person arranged for themselves; it stays while they look at other parts. */
export interface RoomUi {
  layout: Layout
  /** Key of the tile kept large. */
  pinned: string | null
  panel: Panel
  /** The last line of chat that was on screen. */
  readSeq: number
  captions: boolean
  /** What the person was told of being recorded and streamed, and took note of. */
  noted: string
  page: number
}

/** A room as it first looks. */
export function newRoomUi(): Store<RoomUi> {
  return new Store<RoomUi>({
    layout: 'auto',
    pinned: null,
    panel: null,
    readSeq: 0,
    captions: false,
    noted: '',
    page: 0,
  })
}
