import { type RefCallback, useCallback, useEffect, useRef, useState } from 'react'

/** Beyond this the silent ones are brought back to where the heard one is, in seconds. */
const DRIFT = 0.08
const LOOK_MS = 60

/** Several versions of one sound or film, played as one: all run, one is heard. */
export interface Playback {
  /** For the element of each version. */
  readonly refs: readonly RefCallback<HTMLVideoElement>[]
  readonly playing: boolean
  /** Seconds. */
  readonly at: number
  /** Seconds; 0 until it is known. */
  readonly length: number
  /** Which one is heard. */
  readonly active: number
  /** The browser cannot play one of them. */
  readonly broken: boolean
  toggle(): void
  seek(to: number): void
  choose(version: number): void
}

/** Plays `count` versions together, so that changing between them loses neither the place nor a moment. */
export function usePlayback(count: number): Playback {
  const media = useRef<(HTMLVideoElement | null)[]>([])
  const [playing, setPlaying] = useState(false)
  const [at, setAt] = useState(0)
  const [length, setLength] = useState(0)
  const [active, setActive] = useState(0)
  const [broken, setBroken] = useState(false)
  const heard = useRef(0)

  const align = useCallback(() => {
    const leader = media.current[heard.current]
    if (!leader) return
    for (const element of media.current) {
      if (!element || element === leader) continue
      if (Math.abs(element.currentTime - leader.currentTime) > DRIFT) element.currentTime = leader.currentTime
    }
  }, [])

  useEffect(() => {
    if (!playing) return
    const timer = setInterval(() => {
      const leader = media.current[heard.current]
      if (!leader) return
      align()
      setAt(leader.currentTime)
      if (leader.ended || leader.paused) {
        for (const element of media.current) element?.pause()
        setPlaying(false)
      }
    }, LOOK_MS)
    return () => clearInterval(timer)
  }, [playing, align])

  const [refs] = useState(() =>
    Array.from({ length: count }, (_, version): RefCallback<HTMLVideoElement> => (element) => {
      media.current[version] = element
      if (!element) return undefined
      element.muted = version !== heard.current
      const left = new AbortController()
      const listen = (name: string, act: () => void) => element.addEventListener(name, act, { signal: left.signal })
      listen('durationchange', () => {
        if (Number.isFinite(element.duration)) setLength((before) => Math.max(before, element.duration))
      })
      listen('error', () => setBroken(true))
      return () => {
        left.abort()
        media.current[version] = null
      }
    }),
  )

  return {
    refs,
    playing,
    at,
    length,
    active,
    broken,
    toggle: () => {
      if (playing) {
        for (const element of media.current) element?.pause()
        setPlaying(false)
        return
      }
      align()
      for (const element of media.current) void element?.play().catch(() => undefined)
      setPlaying(true)
    },
    seek: (to) => {
      moveAll(media.current, to)
      setAt(to)
    },
    choose: (version) => {
      const before = media.current[heard.current]
      const next = media.current[version]
      if (!next || version === heard.current) return
      if (before && Math.abs(next.currentTime - before.currentTime) > DRIFT / 2) next.currentTime = before.currentTime
      heard.current = version
      next.muted = false
      if (before) before.muted = true
      if (playing && next.paused) void next.play().catch(() => undefined)
      setActive(version)
    },
  }
}

function moveAll(elements: readonly (HTMLVideoElement | null)[], to: number): void {
  for (const element of elements) if (element) element.currentTime = to
}
