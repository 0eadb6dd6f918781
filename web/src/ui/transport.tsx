import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatClock } from '@/lib/time.ts'
import { IconButton } from './button.tsx'
import { cx } from './cx.ts'
import { Slider } from './toggle.tsx'

interface TransportProps {
  playing: boolean
  disabled?: boolean | undefined
  /** Seconds. */
  at: number
  length: number
  onToggle: () => void
  onSeek: (seconds: number) => void
  className?: string
  /** What else a player has, at the end of the row. */
  children?: ReactNode
}

/** The controls that everything that plays has: play or pause, where one is, and how long it is. */
export function Transport({ playing, disabled, at, length, onToggle, onSeek, className, children }: TransportProps) {
  const { t } = useTranslation('common')
  return (
    <div className={cx('flex items-center gap-1 px-2 py-1.5 sm:gap-2', className)}>
      <IconButton
        icon={playing ? 'pause' : 'play'}
        label={t(playing ? 'player.pause' : 'player.play')}
        disabled={disabled}
        onClick={onToggle}
      />
      <span className="min-w-9 text-right text-12 tabular-nums text-ink-2">{formatClock(at)}</span>
      <Slider
        label={t('player.position')}
        value={at}
        max={length || 1}
        step={0.1}
        onValue={onSeek}
        valueText={`${formatClock(at)} / ${formatClock(length)}`}
        className="min-w-16 flex-1"
      />
      <span className="min-w-9 text-12 tabular-nums text-ink-3">{formatClock(length)}</span>
      {children}
    </div>
  )
}
