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

/** Who outside of the room will see it: `recording`, `streaming`, `both`, or nobody (empty). */
export function useCaptured(): '' | 'recording' | 'streaming' | 'both' {
  const recording = useRoomState((state) => state.recording && state.recordingBy !== state.selfId)
  const streaming = useRoomState((state) => state.streams.length > 0)
  if (recording) return streaming ? 'both' : 'recording'
  return streaming ? 'streaming' : ''
}

/** Whether the person may have the meeting recorded. */
export function useMayRecord(): boolean {
  const allowed = useRoomState((state) => state.settings['enable_recording'] !== false)
  return useModerates() && allowed
}
