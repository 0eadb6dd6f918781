import { type ComponentType, Suspense, lazy } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorBoundary } from '@/app/error-boundary.tsx'
import type { HomeSection } from '@/app/feature.ts'
import { features } from '@/app/features.ts'
import { nameOf, useAccount, useZone } from '@/lib/account.ts'
import { cx } from '@/ui/cx.ts'
import { Page as Frame } from '@/ui/page.tsx'
import { useMinute } from '@/ui/time.tsx'

interface Placed extends HomeSection {
  view: ComponentType
}

const sections: readonly Placed[] = features
  .flatMap((feature) => feature.home ?? [])
  .toSorted((a, b) => a.order - b.order)
  .map((section) => ({ ...section, view: lazy(() => section.load().then((module) => ({ default: module.Section }))) }))
const wide = sections.filter((section) => section.place === 'wide')
const side = sections.filter((section) => section.place === 'side')

function partOfDay(hour: number): 'morning' | 'afternoon' | 'evening' {
  return hour >= 5 && hour < 12 ? 'morning' : hour >= 12 && hour < 18 ? 'afternoon' : 'evening'
}

/** Home: what is now, what is next, what is new. Every feature adds its own sections. */
export function Page() {
  const { t, i18n } = useTranslation('home')
  const { data: account } = useAccount()
  const zone = useZone()
  const now = new Date(useMinute())
  const hour = Number(new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: zone }).format(now))
  const greeting = account ? t(`greeting.${partOfDay(hour)}`, { name: nameOf(account) }) : '\u00a0'
  const date = new Intl.DateTimeFormat(i18n.language, {
    month: 'long',
    day: 'numeric',
    weekday: 'long',
    timeZone: zone,
  }).format(now)
  return (
    <Frame title={greeting} tabTitle={t('title')} subtitle={date}>
      <div className={cx('grid gap-x-8', side.length > 0 && 'lg:grid-cols-[minmax(0,1fr)_20rem]')}>
        <Column sections={wide} />
        <Column sections={side} />
      </div>
    </Frame>
  )
}

function Column({ sections: shown }: { sections: readonly Placed[] }) {
  if (shown.length === 0) return null
  return (
    <div className="min-w-0">
      {shown.map(({ id, view: View }) => (
        <ErrorBoundary key={id} compact>
          <Suspense fallback={null}>
            <View />
          </Suspense>
        </ErrorBoundary>
      ))}
    </div>
  )
}
