import { useEffect, useRef, useState } from 'react'
import { mediaPreferences, rememberMedia } from '../media-preferences.ts'
import { LocalMedia } from '../rtc/local-media.ts'

/**
 * The person's devices for as long as the page before the meeting shows. The answered function says that a room has taken
 * them over, so that they go on.
 */
export function useLocalMedia(audioOnly: boolean): [keep: () => void, local: LocalMedia] {
  const [local] = useState(() => new LocalMedia(mediaPreferences(), rememberMedia))
  const kept = useRef(false)
  useEffect(() => {
    if (audioOnly) void local.camera.set(false)
    void local.start()
  }, [local, audioOnly])
  useEffect(
    () => () => {
      if (!kept.current) local.close()
    },
    [local],
  )
  return [() => (kept.current = true), local]
}
