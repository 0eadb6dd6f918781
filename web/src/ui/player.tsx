import { type KeyboardEvent, type ReactNode, type Ref, useImperativeHandle, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from './button.tsx'
import { cx } from './cx.ts'
import { Icon } from './icons.tsx'
import { Transport } from './transport.tsx'

/** What a page around the player can do with it. */
export interface PlayerHandle {
  /** Goes to a moment, in seconds, and plays on from there. */
  playFrom: (seconds: number) => void
}

interface PlayerProps {
  src: string
  kind: 'audio' | 'video'
  /** Spoken name. */
  title: string
  poster?: string
  /** Where it is, in seconds, a few times a second. */
  onTime?: (seconds: number) => void
  ref?: Ref<PlayerHandle>
  /** `<track>` elements. */
  children?: ReactNode
}

const STEP = 5
const SPEEDS = [1, 1.25, 1.5, 2, 0.75]

/** A sound or a film with our own controls: play, place, volume, speed, full screen. */
export function Player({ src, kind, title, poster, onTime, ref, children }: PlayerProps) {
  const { t } = useTranslation('common')
  const media = useRef<HTMLVideoElement>(null)
  const frame = useRef<HTMLDivElement>(null)
  const [playing, setPlaying] = useState(false)
  const [broken, setBroken] = useState(false)
  const [at, setAt] = useState(0)
  const [length, setLength] = useState(0)
  const [volume, setVolume] = useState(1)
  const [rate, setRate] = useState(1)
  // A refused play shows as a player that stands still.
  const play = () => void media.current?.play().catch(() => undefined)
  const toggle = () => (media.current?.paused === false ? media.current.pause() : play())
  const seek = (to: number) => {
    const kept = Math.min(Math.max(0, to), media.current?.duration || to)
    if (media.current) media.current.currentTime = kept
    setAt(kept)
    onTime?.(kept)
  }
  const toggleSound = () => {
    if (media.current) media.current.muted = !media.current.muted
  }
  const toggleFull = () =>
    void (document.fullscreenElement ? document.exitFullscreen() : frame.current?.requestFullscreen())?.catch(
      () => undefined,
    )
  useImperativeHandle(ref, () => ({
    playFrom: (seconds) => {
      seek(seconds)
      play()
    },
  }))
  const keys: Record<string, () => void> = {
    k: toggle,
    m: toggleSound,
    ArrowLeft: () => seek(at - STEP),
    ArrowRight: () => seek(at + STEP),
    ...(kind === 'video' && { f: toggleFull }),
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement
    // A slider moves by itself, a button presses itself.
    if (event.ctrlKey || event.metaKey || event.altKey || target.role === 'slider') return
    const act = event.key === ' ' && target.tagName !== 'BUTTON' ? toggle : keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  return (
    <div
      ref={frame}
      role="group"
      aria-label={title}
      onKeyDown={onKeyDown}
      className={cx(
        'overflow-hidden rounded-10 border border-line bg-canvas dark:bg-raised',
        kind === 'video' && 'flex flex-col',
      )}
    >
      <div className={kind === 'audio' ? undefined : 'relative grid min-h-0 flex-1 bg-black'}>
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
          onError={() => setBroken(true)}
          onLoadedMetadata={() => setBroken(false)}
          onTimeUpdate={(event) => {
            setAt(event.currentTarget.currentTime)
            onTime?.(event.currentTarget.currentTime)
          }}
          onDurationChange={(event) =>
            setLength(Number.isFinite(event.currentTarget.duration) ? event.currentTarget.duration : 0)
          }
          onVolumeChange={(event) => setVolume(event.currentTarget.muted ? 0 : event.currentTarget.volume)}
          className={kind === 'audio' ? 'hidden' : 'aspect-16/9 size-full min-h-0 bg-black'}
        >
          {children}
        </video>
        {!playing && !broken && kind === 'video' && at === 0 && (
          <span className="pointer-events-none absolute inset-0 grid place-items-center" aria-hidden="true">
            <span className="grid size-14 place-items-center rounded-full bg-black/60 text-white">
              <Icon name="play" size={24} className="translate-x-0.5" />
            </span>
          </span>
        )}
      </div>
      {broken && (
        <p role="alert" className="flex items-start gap-2 border-b border-line bg-warn-soft px-4 py-2 text-warn-ink">
          <Icon name="triangle-alert" className="mt-1 shrink-0" />
          {t('player.cannot')}
        </p>
      )}
      <Transport playing={playing} disabled={broken} at={at} length={length} onToggle={toggle} onSeek={seek}>
        <button
          type="button"
          className="h-control shrink-0 rounded-6 px-2 text-12 font-medium tabular-nums text-ink-2 hover:bg-hover"
          aria-label={t('player.speed', { rate })}
          onClick={() => {
            const next = SPEEDS[(SPEEDS.indexOf(rate) + 1) % SPEEDS.length] ?? 1
            if (media.current) media.current.playbackRate = next
            setRate(next)
          }}
        >
          {rate}×
        </button>
        <IconButton
          icon={volume === 0 ? 'volume-x' : 'volume-2'}
          label={t(volume === 0 ? 'player.unmute' : 'player.mute')}
          onClick={toggleSound}
        />
        {kind === 'video' && <IconButton icon="maximize" label={t('player.fullscreen')} onClick={toggleFull} />}
      </Transport>
    </div>
  )
}
