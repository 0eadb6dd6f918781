import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { cx } from './cx.ts'

interface ListRowProps {
  /** An avatar or an icon. */
  leading?: ReactNode
  title: ReactNode
  subtitle?: ReactNode
  /** A time, a badge. */
  meta?: ReactNode
  /** Buttons; outside the row's own link. */
  actions?: ReactNode
  to?: string
  onClick?: () => void
  selected?: boolean
}

/** One thing in a list: what it is, one line about it, and where it goes. */
export function ListRow({ leading, title, subtitle, meta, actions, to, onClick, selected }: ListRowProps) {
  const inside = (
    <>
      {leading}
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{title}</span>
        {subtitle && <span className="block truncate text-12 text-ink-3">{subtitle}</span>}
      </span>
      {meta && <span className="flex shrink-0 items-center gap-2 text-12 text-ink-3">{meta}</span>}
    </>
  )
  const shape = 'flex min-w-0 flex-1 items-center gap-3 px-3 py-2 text-left touch:min-h-14 md:px-4'
  const live = 'transition-colors hover:bg-hover'
  return (
    <li
      className={cx(
        'flex items-center border-line not-last:border-b first:rounded-t-10 last:rounded-b-10',
        selected && 'bg-pressed',
      )}
    >
      {to ? (
        <Link to={to} className={cx(shape, live)} aria-current={selected ? 'true' : undefined}>
          {inside}
        </Link>
      ) : onClick ? (
        <button type="button" onClick={onClick} className={cx(shape, live)} aria-pressed={selected}>
          {inside}
        </button>
      ) : (
        <div className={shape}>{inside}</div>
      )}
      {actions && <span className="flex shrink-0 items-center gap-1 pr-2 md:pr-3">{actions}</span>}
    </li>
  )
}

/** Rows in a frame. */
export function List({ children, label, className }: { children: ReactNode; label?: string; className?: string }) {
  return (
    <ul aria-label={label} className={cx('rounded-10 border border-line bg-canvas dark:bg-raised', className)}>
      {children}
    </ul>
  )
}
