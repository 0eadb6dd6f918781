import { useStore } from '../use-store.ts'
import { useModerates, useRoom, useRoomState, useRoomUi } from './room-context.ts'

/** Lines of chat that came while the panel was closed. */
export function useUnread(): number {
  const { session } = useRoom()
  const readSeq = useRoomUi((ui) => ui.readSeq)
  const self = useRoomState((state) => state.selfId)
  return useStore(session.chat.state, (chat) =>
    readSeq < 0 ? 0 : chat.entries.filter((entry) => (entry.seq ?? 0) > readSeq && entry.userId !== self).length,
  )
}

/** Whether the meeting lets the person share their screen. */
export function useMayShare(): boolean {
  const allowed = useRoomState((state) => state.settings['enable_screen_share'] !== false)
  const moderates = useModerates()
  return (allowed || moderates) && 'getDisplayMedia' in (navigator.mediaDevices ?? {})
}
