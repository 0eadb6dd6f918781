import { type ReactNode, useEffect } from 'react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { cx } from './cx.ts'
import { Icon } from './icons.tsx'

/** Names the browser tab after the view. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Confab` : 'Confab'
  }, [title])
}

interface HeaderProps {
  title: ReactNode
  /** One line under the title. */
  subtitle?: ReactNode
  /** Buttons at the right, the main one last. */
  actions?: ReactNode
  /** Where "back" goes; shown as an arrow before the title. */
  back?: string
}

/** The name of the view and what can be done in it. */
export function PageHeader({ title, subtitle, actions, back }: HeaderProps) {
  const { t } = useTranslation('common')
  return (
    <header className="flex min-h-14 flex-wrap items-center gap-x-4 gap-y-2 py-2">
      {back && (
        <Link
          to={back}
          aria-label={t('back')}
          className="-ml-2 grid size-9 place-items-center rounded-6 text-ink-2 hover:bg-hover hover:text-ink touch:size-11"
        >
          <Icon name="arrow-left" size={18} />
        </Link>
      )}
      <div className="min-w-0 flex-1">
        <h1 className="truncate text-20 font-semibold">{title}</h1>
        {subtitle && <p className="truncate text-ink-2">{subtitle}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  )
}

interface PageProps extends HeaderProps {
  /** The browser tab's name, when the title is more than text. */
  tabTitle?: string
  /** `reading` 44 rem, `normal` 64, `full` as wide as it gets. */
  width?: 'reading' | 'normal' | 'full'
  children: ReactNode
}

const widths = { reading: 'max-w-[44rem]', normal: 'max-w-[64rem]', full: '' }

/** A view with a header and one column that scrolls. */
export function Page({ tabTitle, width = 'normal', children, ...header }: PageProps) {
  useTitle(tabTitle ?? (typeof header.title === 'string' ? header.title : ''))
  return (
    <div className="h-full overflow-y-auto">
      <div className={cx('mx-auto flex min-h-full flex-col px-4 pb-12 pt-2 md:px-8 md:pt-4', widths[width])}>
        <PageHeader {...header} />
        <div className="mt-3 flex-1">{children}</div>
      </div>
    </div>
  )
}

interface ListDetailProps {
  list: ReactNode
  /** The thing itself; absent on a phone shows the list. */
  detail: ReactNode
  /** On a phone, whether the detail covers the list. */
  detailOpen: boolean
  /** Details on the right when asked. */
  aside?: ReactNode
}

/** A list on the left, the thing in the middle, details on the right; one at a time on a phone. */
export function ListDetail({ list, detail, detailOpen, aside }: ListDetailProps) {
  return (
    <div className="flex h-full min-h-0">
      <div
        className={cx(
          'min-w-0 flex-col border-line md:flex md:w-72 md:shrink-0 md:border-r lg:w-80',
          detailOpen ? 'hidden' : 'flex flex-1 md:flex-none',
        )}
      >
        {list}
      </div>
      <div className={cx('min-w-0 flex-1 flex-col md:flex', detailOpen ? 'flex' : 'hidden')}>{detail}</div>
      {aside && (
        <aside className="hidden w-80 shrink-0 flex-col overflow-y-auto border-l border-line xl:flex">{aside}</aside>
      )}
    </div>
  )
}

interface SectionProps {
  title: ReactNode
  description?: ReactNode
  actions?: ReactNode
  children: ReactNode
  id?: string
}

/** A titled part of a page. */
export function Section({ title, description, actions, children, id }: SectionProps) {
  return (
    <section className="mb-8" aria-labelledby={id}>
      <div className="mb-2 flex min-h-9 flex-wrap items-end justify-between gap-x-4 gap-y-1">
        <div className="min-w-0 flex-1 basis-60">
          <h2 id={id} className="text-16 font-semibold">
            {title}
          </h2>
          {description && <p className="text-ink-2">{description}</p>}
        </div>
        {actions && <div className="flex gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  )
}

/** A quiet frame around rows or a form. */
export function Card({ children, className, padded }: { children: ReactNode; className?: string; padded?: boolean }) {
  return (
    <div className={cx('rounded-10 border border-line bg-canvas dark:bg-raised', padded && 'p-4 md:p-6', className)}>
      {children}
    </div>
  )
}
