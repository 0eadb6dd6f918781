import i18next from 'i18next'
import { showFloating } from '@/app/floating-slot.tsx'
import { activeRoom, isOver } from '../active-room.ts'
import { roomPath } from '../meeting-link.ts'
import { MiniRoom } from './mini-room.tsx'
import { RoomContext } from './room-context.ts'

let kept = false

/** From now on a meeting one is in shows in the corner while one looks at other parts. */
export function keepFloating(): void {
  if (kept) return
  kept = true
  let hide: (() => void) | undefined
  let shown: unknown = null
  const follow = () => {
    const room = activeRoom.get()
    if (room === shown) return
    shown = room
    hide?.()
    hide = undefined
    if (!room) return
    hide = showFloating({
      id: 'meeting',
      label: i18next.t('meetings:mini.label'),
      hiddenAt: (path) => path === roomPath(room.meetingId),
      render: () => (
        <RoomContext value={room}>
          <MiniRoom />
        </RoomContext>
      ),
    })
    const stop = room.session.state.subscribe(() => {
      if (!isOver(room.session.state.get().phase)) return
      stop()
      // Elsewhere there is no page to say how it ended: the small window goes.
      if (location.pathname !== roomPath(room.meetingId) && activeRoom.get() === room) activeRoom.set(null)
    })
  }
  activeRoom.subscribe(follow)
  follow()
}
