import { useEffect, useState } from 'react'
import { loudness } from '../rtc/level-meter.ts'
import { useRoom, useRoomState } from './room-context.ts'

const EVERY = 120

/** How loud somebody is, 0 to 1 in five steps, so that little is drawn anew. */
export function useLevel(userId: number): number {
  const { session, local } = useRoom()
  const self = useRoomState((state) => state.selfId) === userId
  const [level, setLevel] = useState(0)
  useEffect(() => {
    const set = (value: number) => setLevel(Math.round(value * 5) / 5)
    if (!self) {
      const follow = () => set(session.levels.get().get(userId) ?? 0)
      follow()
      return session.levels.subscribe(follow)
    }
    const timer = setInterval(
      () => set(local.microphone.state.get().on ? loudness(session.media.meter?.rms() ?? 0) : 0),
      EVERY,
    )
    return () => clearInterval(timer)
  }, [self, userId, session, local])
  return level
}
