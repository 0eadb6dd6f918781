import { type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatClock } from '@/lib/time.ts'
import { IconButton } from './button.tsx'
import { cx } from './cx.ts'
import { Slider } from './toggle.tsx'

interface PlayerProps {
  src: string
  kind: 'audio' | 'video'
  /** Spoken name. */
  title: string
  poster?: string
  /** `<track>` elements. */
  children?: ReactNode
}

/** A sound or a film with our own controls: play, place, volume, speed, full screen. */
export function Player({ src, kind, title, poster, children }: PlayerProps) {
  const { t } = useTranslation('common')
  const media = useRef<HTMLVideoElement>(null)
  const frame = useRef<HTMLDivElement>(null)
  const [playing, setPlaying] = useState(false)
  const [at, setAt] = useState(0)
  const [length, setLength] = useState(0)
  const [volume, setVolume] = useState(1)
  const [rate, setRate] = useState(1)
  const toggle = () => (playing ? media.current?.pause() : void media.current?.play())
  const seek = (to: number) => {
    if (media.current) media.current.currentTime = to
    setAt(to)
  }
  const speeds = [1, 1.25, 1.5, 2]
  return (
    <div
      ref={frame}
      role="group"
      aria-label={title}
      className={cx(
        'overflow-hidden rounded-10 border border-line bg-canvas dark:bg-raised',
        kind === 'video' && 'flex flex-col',
      )}
    >
      {/* Sounds are played by a hidden <video> too, so that one set of controls does. */}
      <video
        ref={media}
        src={src}
        poster={poster}
        playsInline
        preload="metadata"
        onClick={toggle}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        onDurationChange={(event) =>
          setLength(Number.isFinite(event.currentTarget.duration) ? event.currentTarget.duration : 0)
        }
        onVolumeChange={(event) => setVolume(event.currentTarget.muted ? 0 : event.currentTarget.volume)}
        className={kind === 'audio' ? 'hidden' : 'aspect-video w-full bg-black'}
      >
        {children}
      </video>
      <div className="flex items-center gap-2 px-2 py-1.5">
        <IconButton
          icon={playing ? 'pause' : 'play'}
          label={t(playing ? 'player.pause' : 'player.play')}
          onClick={toggle}
        />
        <span className="w-12 text-right text-12 tabular-nums text-ink-2">{formatClock(at)}</span>
        <Slider
          label={t('player.position')}
          value={at}
          max={length || 1}
          step={0.1}
          onValue={seek}
          valueText={`${formatClock(at)} / ${formatClock(length)}`}
          className="min-w-0 flex-1"
        />
        <span className="w-12 text-12 tabular-nums text-ink-3">{formatClock(length)}</span>
        <button
          type="button"
          className="h-control rounded-6 px-2 text-12 font-medium tabular-nums text-ink-2 hover:bg-hover"
          aria-label={t('player.speed', { rate })}
          onClick={() => {
            const next = speeds[(speeds.indexOf(rate) + 1) % speeds.length] ?? 1
            if (media.current) media.current.playbackRate = next
            setRate(next)
          }}
        >
          {rate}×
        </button>
        <IconButton
          icon={volume === 0 ? 'volume-x' : 'volume-2'}
          label={t(volume === 0 ? 'player.unmute' : 'player.mute')}
          onClick={() => {
            if (media.current) media.current.muted = !media.current.muted
          }}
        />
        {kind === 'video' && (
          <IconButton
            icon="maximize"
            label={t('player.fullscreen')}
            onClick={() => void frame.current?.requestFullscreen()}
          />
        )}
      </div>
    </div>
  )
}
