import { useEffect, useRef, useState } from 'react'
import { mediaPreferences, rememberMedia } from '../media-preferences.ts'
import { LocalMedia } from '../rtc/local-media.ts'

/**
 * The person's devices for as long as the page before the meeting shows; none is started before it is known that there is
 * a meeting, nor a camera for one in which nobody is seen. The answered function says that a room has taken
 * them over, so that they go on.
 */
export function useLocalMedia(meetingType: string | undefined): [keep: () => void, local: LocalMedia] {
  const [local] = useState(() => new LocalMedia(mediaPreferences(), rememberMedia))
  const kept = useRef(false)
  useEffect(() => {
    if (meetingType === undefined) return
    if (meetingType === 'audio') void local.camera.set(false)
    void local.start()
  }, [local, meetingType])
  useEffect(
    () => () => {
      if (!kept.current) local.close()
    },
    [local],
  )
  return [() => (kept.current = true), local]
}
