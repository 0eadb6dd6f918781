import type { PointerEvent } from 'react'
import { useId } from 'react'
import { cx } from '@/ui/cx.ts'
import { BARS } from './peaks.ts'

interface WaveformProps {
  /** 0 to 1 each; undefined while they are read. */
  values: readonly number[] | undefined
  /** What counts as full height. */
  most: number
  /** 0 to 1. */
  played: number
  active: boolean
  onSeek: (share: number) => void
}

const STEP = 3
const HEIGHT = 48
const WIDTH = BARS * STEP

/** A picture of a sound, pressed to jump in it; the slider below it does the same for everybody else. */
export function Waveform({ values, most, played, active, onSeek }: WaveformProps) {
  const clip = useId()
  const seek = (event: PointerEvent<HTMLDivElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    onSeek(Math.min(1, Math.max(0, (event.clientX - left) / width)))
  }
  const path =
    values === undefined
      ? `M0 ${HEIGHT / 2}H${WIDTH}`
      : values
          .map((value, bar) => {
            const half = Math.max(0.75, (value / Math.max(most, 0.01)) * (HEIGHT / 2 - 2))
            return `M${bar * STEP + STEP / 2} ${(HEIGHT / 2 - half).toFixed(1)}V${(HEIGHT / 2 + half).toFixed(1)}`
          })
          .join('')
  const line = {
    d: path,
    fill: 'none',
    strokeWidth: 1.8,
  } as const
  return (
    <div
      aria-hidden="true"
      className="h-12 min-w-0 flex-1 cursor-pointer touch-none"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        seek(event)
      }}
      onPointerMove={(event) => event.buttons > 0 && seek(event)}
    >
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className="size-full">
        <clipPath id={clip}>
          <rect width={played * WIDTH} height={HEIGHT} />
        </clipPath>
        <path {...line} className={active ? 'stroke-line-control' : 'stroke-line-control/50'} />
        <path
          {...line}
          clipPath={`url(#${clip})`}
          className={cx(values === undefined && 'hidden', active ? 'stroke-accent' : 'stroke-accent/50')}
        />
        <rect x={played * WIDTH} width={1} height={HEIGHT} className={active ? 'fill-ink' : 'fill-ink-3'} />
      </svg>
    </div>
  )
}
