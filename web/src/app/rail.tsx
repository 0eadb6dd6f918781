import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { cx } from '@/ui/cx.ts'
import { CountBadge } from '@/ui/badge.tsx'
import { IconButton } from '@/ui/button.tsx'
import { Icon } from '@/ui/icons.tsx'
import { AccountMenu } from './account-menu.tsx'
import type { Feature, FeatureNav } from './feature.ts'
import { features } from './features.ts'
import { FrameSigns } from './frame-signs.tsx'
import { Logo } from './logo.tsx'

/** A feature that has an entry in the rail. */
export type NavFeature = Feature & { nav: FeatureNav }

/** The entries this account sees, in order. */
export function navFeatures(admin: boolean): NavFeature[] {
  return features.filter((feature): feature is NavFeature => Boolean(feature.nav) && (admin || !feature.nav?.admin))
}

/** The left rail: where one can go, from 48 rem of width up. */
export function Rail({ admin, onFind }: { admin: boolean; onFind: () => void }) {
  const { t } = useTranslation('shell')
  return (
    <header className="hidden w-20 shrink-0 flex-col items-center gap-1 bg-sunken pb-3 pt-3 md:flex">
      <Link to="/" aria-label={t('home')} className="mb-2 rounded-10 [@media(height<44rem)]:mb-0">
        <Logo />
      </Link>
      <nav
        aria-label={t('navigation')}
        className="flex min-h-0 w-full flex-1 flex-col items-center gap-1 overflow-y-auto [@media(height<44rem)]:gap-0 px-2 py-1 [scrollbar-width:none]"
      >
        {navFeatures(admin).map((feature) => (
          <NavEntry key={feature.id} feature={feature} />
        ))}
      </nav>
      <FrameSigns />
      <IconButton icon="search" label={t('palette.open')} onClick={onFind} iconSize={20} />
      <AccountMenu side="right" align="end" />
    </header>
  )
}

/** One entry: icon, name, how many are new. */
export function NavEntry({ feature, onClick, wide }: { feature: NavFeature; onClick?: () => void; wide?: boolean }) {
  const { t } = useTranslation('shell')
  const { nav } = feature
  return (
    <Link
      to={nav.to}
      onClick={onClick}
      activeOptions={{ exact: nav.to === '/' }}
      className={cx(
        'group relative flex rounded-10 text-ink-2 transition-colors hover:text-ink',
        wide
          ? 'min-h-11 items-center gap-3 px-3 hover:bg-hover'
          : // Ten of them fit the height of a small notebook.
            'w-full flex-col items-center gap-0.5 py-1.5 text-12 [@media(height<54rem)]:gap-0 [@media(height<54rem)]:py-0.5',
      )}
      activeProps={{ className: 'active text-ink font-medium', 'aria-current': 'page' }}
    >
      <span
        className={cx(
          'relative grid place-items-center transition-colors',
          !wide &&
            'h-7 w-12 rounded-full group-hover:bg-hover group-[.active]:bg-accent-soft group-[.active]:text-accent-ink',
        )}
      >
        <Icon name={nav.icon} size={20} />
        {nav.useCount && <NavCount use={nav.useCount} />}
      </span>
      <span className="max-w-full truncate leading-5 md:[@media(height<44rem)]:leading-4">
        {t(`nav.${feature.id}`)}
      </span>
    </Link>
  )
}

function NavCount({ use }: { use: () => number }) {
  const { t } = useTranslation('shell')
  const count = use()
  return (
    <span className="absolute -top-1 left-1/2 ml-1">
      <CountBadge count={count} label={t('new', { count })} />
    </span>
  )
}
