import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { describeError } from '@/lib/describe-error.ts'
import { Button } from './button.tsx'
import { cx } from './cx.ts'
import { Icon, type IconName } from './icons.tsx'

interface EmptyProps {
  icon: IconName
  title: ReactNode
  /** What this is for. */
  children?: ReactNode
  /** The one button that starts it. */
  action?: ReactNode
  /** Inside a card or section, rather than a page of its own. */
  compact?: boolean
  /** The title is the page's own heading. */
  heading?: boolean
}

/** Nothing here yet: what this is for, and the one button that starts it. */
export function EmptyState({ icon, title, children, action, compact, heading }: EmptyProps) {
  const Title = heading ? 'h1' : 'p'
  return (
    <div
      className={cx('flex flex-col items-center justify-center px-6 text-center', compact ? 'py-8' : 'min-h-72 py-12')}
    >
      <span className="mb-4 grid size-12 place-items-center rounded-10 bg-pressed text-ink-2">
        <Icon name={icon} size={24} />
      </span>
      <Title className="text-16 font-semibold">{title}</Title>
      {children && <p className="mt-1 max-w-96 text-balance text-ink-2">{children}</p>}
      {action && <div className="mt-5">{action}</div>}
    </div>
  )
}

interface ErrorStateProps {
  error: unknown
  /** What could not be done: "Meetings could not be loaded". */
  title?: ReactNode
  onRetry?: () => void
  compact?: boolean
}

/** What happened, what to do, Retry. */
export function ErrorState({ error, title, onRetry, compact }: ErrorStateProps) {
  const { t } = useTranslation('common')
  const { sentence, offline } = describeError(error, t)
  return (
    <div
      role="alert"
      className={cx('flex flex-col items-center justify-center px-6 text-center', compact ? 'py-8' : 'min-h-72 py-12')}
    >
      <span className="mb-4 grid size-12 place-items-center rounded-10 bg-danger-soft text-danger-ink">
        <Icon name={offline ? 'wifi-off' : 'triangle-alert'} size={24} />
      </span>
      <p className="text-16 font-semibold">{title ?? t('error.title')}</p>
      <p className="mt-1 max-w-96 text-balance text-ink-2">{sentence}</p>
      {onRetry && (
        <Button className="mt-5" icon="refresh-cw" onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
    </div>
  )
}

/** True once `ms` have passed, so that quick answers show no skeleton. */
export function useLate(ms = 150): boolean {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms)
    return () => clearTimeout(timer)
  }, [ms])
  return late
}

/** One grey bar or block in the place of what is coming; give it the real size by class. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span aria-hidden="true" className={cx('block animate-pulse rounded-6 bg-pressed', className ?? 'h-4 w-full')} />
  )
}

/** Holds skeletons: keeps their place at once, shows them after 150 ms, and says "Loading" to a screen reader. */
export function Loading({ children, className }: { children: ReactNode; className?: string }) {
  const { t } = useTranslation('common')
  const late = useLate()
  return (
    <div role="status" className={cx(late ? 'animate-fade-in' : 'invisible', className)}>
      <span className="sr-only">{t('loading')}</span>
      {children}
    </div>
  )
}

/** Rows with a picture and two lines, as most lists have. */
export function SkeletonRows({ count = 5 }: { count?: number }) {
  return (
    <Loading>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="flex items-center gap-3 px-3 py-2.5">
          <Skeleton className="size-8 rounded-full" />
          <div className="flex-1 space-y-2">
            <Skeleton className={cx('h-3.5', index % 3 === 1 ? 'w-2/5' : 'w-3/5')} />
            <Skeleton className="h-3 w-1/4" />
          </div>
        </div>
      ))}
    </Loading>
  )
}
