import { useEffect, useRef, useState } from 'react'
import { cx } from '@/ui/cx.ts'
import { useRoom } from './room-context.ts'

interface VideoSurfaceProps {
  stream: MediaStream
  /** Of somebody else's: what the server is told the size of. */
  publicationId?: string | undefined
  /** Higher is served first when the line is thin. */
  priority?: number
  mirrored?: boolean
  /** Whole, with bars, rather than filling and cut. */
  whole?: boolean
  label: string
  onSize?: (aspect: number) => void
}

/** One moving picture. Tells the server how large it is shown, so that no more is sent than can be seen. */
export function VideoSurface({
  stream,
  publicationId,
  priority = 0,
  mirrored,
  whole,
  label,
  onSize,
}: VideoSurfaceProps) {
  const video = useRef<HTMLVideoElement>(null)
  const [tall, setTall] = useState(false)
  const { wishes } = useRoom().session.media
  useEffect(() => {
    const element = video.current
    if (!element) return
    if (element.srcObject !== stream) element.srcObject = stream
    // A play that is overtaken by the next picture's is nothing.
    void element.play().catch(() => undefined)
    return () => {
      element.srcObject = null
    }
  }, [stream])
  useEffect(() => {
    const element = video.current
    if (!element || !publicationId) return
    const tell = () => {
      const { width, height } = element.getBoundingClientRect()
      const visible = document.visibilityState === 'visible' && width > 0
      wishes.show(publicationId, {
        width: width * devicePixelRatio,
        height: height * devicePixelRatio,
        visible,
        priority,
      })
    }
    const observer = new ResizeObserver(tell)
    observer.observe(element)
    document.addEventListener('visibilitychange', tell)
    return () => {
      observer.disconnect()
      document.removeEventListener('visibilitychange', tell)
      wishes.show(publicationId, null)
    }
  }, [publicationId, priority, wishes])
  return (
    <video
      ref={video}
      autoPlay
      playsInline
      muted
      aria-label={label}
      data-publication={publicationId}
      onResize={(event) => {
        const { videoWidth, videoHeight } = event.currentTarget
        if (videoHeight === 0) return
        setTall(videoWidth / videoHeight < 0.9)
        onSize?.(videoWidth / videoHeight)
      }}
      className={cx(
        'absolute inset-0 size-full',
        // Somebody on a phone held upright is shown whole rather than from nose to chin.
        whole || tall ? 'object-contain' : 'object-cover',
        mirrored && '-scale-x-100',
      )}
    />
  )
}
