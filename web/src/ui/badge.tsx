import type { ReactNode } from 'react'
import { cx } from './cx.ts'
import { Icon, type IconName } from './icons.tsx'

export type Tone = 'neutral' | 'accent' | 'ok' | 'warn' | 'danger'

const tones: Record<Tone, string> = {
  neutral: 'bg-pressed text-ink-2',
  accent: 'bg-accent-soft text-accent-ink',
  ok: 'bg-ok-soft text-ok-ink',
  warn: 'bg-warn-soft text-warn-ink',
  danger: 'bg-danger-soft text-danger-ink',
}

/** A state in a word or two. The word says it; the colour only helps. */
export function Badge({ tone = 'neutral', icon, children }: { tone?: Tone; icon?: IconName; children: ReactNode }) {
  return (
    <span
      className={cx(
        'inline-flex h-5.5 shrink-0 items-center gap-1 whitespace-nowrap rounded-6 px-1.5 text-12 font-medium',
        tones[tone],
      )}
    >
      {icon && <Icon name={icon} size={14} />}
      {children}
    </span>
  )
}

/** How many are new; nothing at zero, `99+` past 99. */
export function CountBadge({ count, label }: { count: number; label: string }) {
  if (count <= 0) return null
  return (
    <span className="inline-grid h-4.5 min-w-4.5 shrink-0 place-items-center rounded-full bg-danger whitespace-nowrap px-1 text-12 font-semibold leading-none text-white">
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span className="sr-only">{label}</span>
    </span>
  )
}

/** A sentence about the page one is on: something to know, something wrong. */
export function Notice({
  tone = 'neutral',
  icon,
  children,
  action,
}: {
  tone?: Tone
  /** Unless the tone's own. */
  icon?: IconName
  children: ReactNode
  action?: ReactNode
}) {
  const usual: IconName =
    tone === 'danger' ? 'circle-alert' : tone === 'warn' ? 'triangle-alert' : tone === 'ok' ? 'circle-check' : 'info'
  return (
    <div
      role={tone === 'danger' ? 'alert' : 'status'}
      className={cx('flex items-start gap-2.5 rounded-6 px-3 py-2', tones[tone])}
    >
      <Icon name={icon ?? usual} className="mt-1 shrink-0" />
      <div className="min-w-0 flex-1">{children}</div>
      {action}
    </div>
  )
}
