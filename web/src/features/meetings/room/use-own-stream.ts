import { useMemo } from 'react'
import { useStore } from '../use-store.ts'
import { useRoom } from './room-context.ts'

/** The person's own camera or screen as a stream to show; null while there is none. */
export function useOwnStream(kind: 'person' | 'screen' | null): MediaStream | null {
  const { local } = useRoom()
  const camera = useStore(local.camera.state, (state) => (state.on ? state.track : null))
  const screen = useStore(local.screen, (state) => state.video)
  const track = kind === 'person' ? camera : kind === 'screen' ? screen : null
  return useMemo(() => (track ? new MediaStream([track]) : null), [track])
}
