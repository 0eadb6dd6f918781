import { addressOf, callApi } from '@/lib/api.ts'
import { ApiError, SignedOutError } from '@/lib/api-error.ts'
import { freshSession, refreshSession } from '@/lib/refresh.ts'
import { joinMeeting, leaveMeeting, listChat } from '#contracts/meetings.ts'
import { SIGNALING_PATH } from '#contracts/signaling.ts'
import { AudioOut } from './rtc/audio-out.ts'
import type { LocalMedia } from './rtc/local-media.ts'
import type { Notice } from './rtc/notices.ts'
import { RoomSession } from './rtc/room-session.ts'
import type { Phase } from './rtc/room-state.ts'
import { Store } from './rtc/store.ts'
import { type RoomUi, newRoomUi } from './room/room-ui.ts'
import { forgetPlace, rememberPlace } from './room-place.ts'

/** The meeting one is in: everything that lives on while one looks at other parts. */
export interface ActiveRoom {
  meetingId: number
  session: RoomSession
  local: LocalMedia
  audio: AudioOut
  ui: Store<RoomUi>
  /** When one came in, ms since 1970. */
  since: number
  /** Called with what is to be said in passing, until the answered function is called. */
  onNotice: (listener: (notice: Notice) => void) => () => void
}

/** The one meeting at a time; null outside of any. */
export const activeRoom = new Store<ActiveRoom | null>(null)

/** Phases after which nothing comes any more. */
export const isOver = (phase: Phase): boolean =>
  phase === 'failed' ||
  phase === 'ended' ||
  phase === 'removed' ||
  phase === 'denied' ||
  phase === 'replaced' ||
  phase === 'left'

interface Entering {
  meetingId: number
  self: { userId: number; name: string; avatarUrl: string | null }
  local: LocalMedia
  password?: string | undefined
  /** The place was already taken by REST. */
  joined: boolean
}

/** Goes into a meeting, leaving another one first. */
export function enterRoom({ meetingId, self, local, password, joined }: Entering): ActiveRoom {
  activeRoom.get()?.session.leave()
  const params = { id: meetingId }
  const listeners = new Set<(notice: Notice) => void>()
  const audio = new AudioOut()
  const session = new RoomSession({
    meetingId,
    self,
    local,
    joined,
    join: () => callApi(joinMeeting, { params, body: password ? { password } : {} }),
    leave: () => callApi(leaveMeeting, { params }),
    token: accessToken,
    address: (sessionId) => socketAddress(meetingId, self.userId, sessionId),
    readChat: (range) => callApi(listChat, { params, query: { ...range, page_size: 50 } }),
    isFinal: (error) => error instanceof ApiError && error.status < 500 && error.status !== 429,
    onNotice: (notice) => listeners.forEach((listener) => listener(notice)),
  })
  const room: ActiveRoom = {
    meetingId,
    session,
    local,
    audio,
    ui: newRoomUi(),
    since: Date.now(),
    onNotice: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  audio.setSpeaker(local.speakerId.get())
  const stop = [
    session.state.subscribe(() => {
      const { tracks, phase } = session.state.get()
      if (!isOver(phase)) return audio.play(tracks)
      for (const each of stop) each()
      audio.close()
      local.close()
      forgetPlace(meetingId)
    }),
    local.speakerId.subscribe(() => audio.setSpeaker(local.speakerId.get())),
  ]
  rememberPlace(meetingId)
  activeRoom.set(room)
  session.start()
  return room
}

/** Puts away a room that is over, or leaves it first. */
export function dismissRoom(room: ActiveRoom): void {
  room.session.leave()
  if (activeRoom.get() === room) activeRoom.set(null)
}

async function accessToken(stale: boolean): Promise<string> {
  const session = await freshSession()
  const fresh = stale && session ? await refreshSession(session.accessToken) : session
  if (!fresh) throw new SignedOutError('')
  return fresh.accessToken
}

function socketAddress(meetingId: number, userId: number, sessionId: string | null): string {
  const address = addressOf(
    { path: SIGNALING_PATH } as Parameters<typeof addressOf>[0],
    {},
    {
      meeting_id: meetingId,
      user_id: userId,
      session_id: sessionId,
    },
  )
  return new URL(address, location.href.replace(/^http/, 'ws')).href
}
