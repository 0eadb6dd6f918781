import type { ReactNode } from 'react'
import { cx } from '@/ui/cx.ts'

interface BarProps {
  label: ReactNode
  /** What stands at the right: the number. */
  value: ReactNode
  /** 0 to 1; null where nobody knows. */
  share: number | null
  tone?: 'accent' | 'warn' | 'danger'
  /** A mark on the bar, 0 to 1. */
  mark?: number
  strong?: boolean
}

const fills = { accent: 'bg-accent', warn: 'bg-warn-ink', danger: 'bg-danger' }

/** A part of a whole, as a bar with its number beside it; the number says it, the bar only helps. */
export function Bar({ label, value, share, tone = 'accent', mark, strong }: BarProps) {
  return (
    <div>
      <div className={cx('flex flex-wrap items-baseline justify-between gap-x-3', strong && 'font-medium')}>
        <span>{label}</span>
        <span className="shrink-0 tabular-nums text-ink-2">{value}</span>
      </div>
      <div className="relative mt-1 h-1.5 rounded-full bg-pressed" aria-hidden="true">
        {share !== null && (
          <div
            className={cx('h-full rounded-full transition-[width]', fills[tone])}
            style={{ width: `${Math.min(1, Math.max(0, share)) * 100}%` }}
          />
        )}
        {mark !== undefined && (
          <div
            className="absolute -inset-y-1 w-0.5 -translate-x-1/2 rounded-full bg-ink"
            style={{ left: `${mark * 100}%` }}
          />
        )}
      </div>
    </div>
  )
}
