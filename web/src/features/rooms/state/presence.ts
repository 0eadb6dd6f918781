import { useEffect, useState } from 'react'
import { sendLive, useLive } from '@/lib/live.ts'

/** Somebody who writes is said to for so long after the last word of it. */
const TYPING_MS = 5_000

/** Who is here and who writes, in the room one looks at; for a view that is made anew for each room. */
export function usePresence(roomId: number): { online: ReadonlySet<number>; typing: readonly number[] } {
  const [online, setOnline] = useState<ReadonlySet<number>>(new Set())
  const [typing, setTyping] = useState<ReadonlyMap<number, number>>(new Map())
  useEffect(() => {
    sendLive({ type: 'watch', room_id: roomId })
    return () => sendLive({ type: 'watch', room_id: null })
  }, [roomId])
  useLive('presence', (frame) => frame.room_id === roomId && setOnline(new Set(frame.online)))
  useLive('presence.changed', (frame) => {
    if (frame.room_id !== roomId) return
    setOnline((before) => {
      const after = new Set(before)
      if (frame.online) after.add(frame.user_id)
      else after.delete(frame.user_id)
      return after
    })
  })
  useLive('typing', (frame) => {
    if (frame.room_id === roomId) setTyping((before) => new Map(before).set(frame.user_id, Date.now() + TYPING_MS))
  })
  // What was written is there: nobody writes it any more.
  useLive('message', ({ room_id, message: { sender_id } }) => {
    if (room_id === roomId && sender_id !== null && typing.has(sender_id)) {
      setTyping((before) => new Map([...before].filter(([id]) => id !== sender_id)))
    }
  })
  useEffect(() => {
    if (typing.size === 0) return
    const soonest = Math.min(...typing.values())
    const timer = setTimeout(
      () => setTyping((before) => new Map([...before].filter(([, until]) => until > Date.now()))),
      Math.max(50, soonest - Date.now() + 20),
    )
    return () => clearTimeout(timer)
  }, [typing])
  return { online, typing: [...typing.keys()] }
}
