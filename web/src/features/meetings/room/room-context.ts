import { createContext, use } from 'react'
import type { ActiveRoom } from '../active-room.ts'
import type { RoomState } from '../rtc/room-state.ts'
import { useStore } from '../use-store.ts'
import type { RoomUi } from './room-ui.ts'

/** The room the views below are about. */
export const RoomContext = createContext<ActiveRoom | null>(null)

/** The room one is in. */
export function useRoom(): ActiveRoom {
  const room = use(RoomContext)
  if (!room) throw new Error('outside of a room')
  return room
}

/** A part of what the room looks like; `pick` answers the same object while it is the same. */
export function useRoomState<Picked>(pick: (state: RoomState) => Picked): Picked {
  return useStore(useRoom().session.state, pick)
}

/** A part of how the person arranged the room. */
export function useRoomUi<Picked>(pick: (ui: RoomUi) => Picked): Picked {
  return useStore(useRoom().ui, pick)
}

/** Whether the person may moderate. */
export function useModerates(): boolean {
  return useRoomState((state) => state.role !== 'participant')
}
