import { useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import { nameOf, useAccount } from '@/lib/account.ts'
import { NotFound } from '@/app/not-found.tsx'
import { activeRoom, enterRoom, isOver } from '../active-room.ts'
import { mediaPreferences, rememberMedia } from '../media-preferences.ts'
import { meetingIdIn } from '../meeting-link.ts'
import { PreJoin } from '../prejoin/pre-join.tsx'
import { wasInside } from '../room-place.ts'
import { LocalMedia } from '../rtc/local-media.ts'
import { useStore } from '../use-store.ts'
import { EndScreen } from '../room/end-screen.tsx'
import { keepFloating } from '../room/floating.tsx'
import { RoomContext, useRoomState } from '../room/room-context.ts'
import { RoomView } from '../room/room-view.tsx'
import { WaitingScreen } from '../room/waiting-screen.tsx'

/** A meeting's own page: before, within and after it. */
export function Page() {
  const { id = '' } = useParams({ strict: false })
  const meetingId = meetingIdIn(id)
  return meetingId === null ? <NotFound /> : <MeetingRoom key={meetingId} meetingId={meetingId} />
}

function MeetingRoom({ meetingId }: { meetingId: number }) {
  const room = useStore(activeRoom)
  const { data: account } = useAccount()
  const inside = room?.meetingId === meetingId
  const returns = !inside && wasInside(meetingId)
  useEffect(() => keepFloating(), [])
  useEffect(() => {
    if (!returns || !account) return
    // The page was loaded again in the middle of the meeting: straight back in.
    const local = new LocalMedia(mediaPreferences(), rememberMedia)
    const self = { userId: account.user_id, name: nameOf(account), avatarUrl: account.avatar_url }
    void local.start()
    enterRoom({ meetingId, self, local, joined: false })
  }, [returns, account, meetingId])
  if (returns) return null
  if (!inside) return <PreJoin meetingId={meetingId} />
  return (
    <RoomContext value={room}>
      <Phases />
    </RoomContext>
  )
}

function Phases() {
  const room = useStore(activeRoom)
  const phase = useRoomState((state) => state.phase)
  const known = useRoomState((state) => state.people.length > 0)
  if (!room) return null
  if (isOver(phase)) return <EndScreen room={room} />
  if (phase === 'waiting' || !known) return <WaitingScreen room={room} />
  return <RoomView room={room} />
}
