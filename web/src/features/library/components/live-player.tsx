import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/button.tsx'
import { playLive } from '../state/live-video.ts'

interface LivePlayerProps {
  src: string
  title: string
  onEnded: () => void
}

/** A live stream; silent until somebody asks for its sound, as browsers want it. The browser's own controls know best how far behind it is. */
export function LivePlayer({ src, title, onEnded }: LivePlayerProps) {
  const { t } = useTranslation('library')
  const video = useRef<HTMLVideoElement>(null)
  const [broken, setBroken] = useState(false)
  const [playing, setPlaying] = useState(false)
  const [silent, setSilent] = useState(true)
  useEffect(() => {
    const element = video.current
    if (!element) return
    const live = playLive(element, src, { onBroken: () => setBroken(true) })
    live.catch(() => setBroken(true))
    return () => void live.then((one) => one.close()).catch(() => undefined)
  }, [src])
  if (broken) {
    return (
      <p
        role="alert"
        className="grid aspect-16/9 w-full place-items-center rounded-10 bg-sunken p-6 text-center text-ink-2"
      >
        {t('watch.broken')}
      </p>
    )
  }
  return (
    <div className="relative overflow-hidden rounded-10 bg-black">
      <video
        ref={video}
        aria-label={title}
        autoPlay
        muted
        controls
        playsInline
        onPlaying={() => setPlaying(true)}
        onVolumeChange={(event) => setSilent(event.currentTarget.muted)}
        onEnded={onEnded}
        className="aspect-16/9 w-full"
      />
      {silent && playing && (
        <Button
          className="absolute left-3 top-3 shadow-2"
          icon="volume-x"
          onClick={() => {
            if (video.current) video.current.muted = false
          }}
        >
          {t('watch.unmute')}
        </Button>
      )}
    </div>
  )
}
