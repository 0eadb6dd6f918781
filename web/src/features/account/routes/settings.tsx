import { useParams } from '@tanstack/react-router'
import { type ComponentType, Suspense, lazy } from 'react'
import { useTranslation } from 'react-i18next'
import { featureDomains, features } from '@/app/features.ts'
import { NotFound } from '@/app/not-found.tsx'
import { Page as Frame } from '@/ui/page.tsx'
import { Loading, Skeleton } from '@/ui/states.tsx'
import { TabLinks } from '@/ui/tabs.tsx'

const pages = features.flatMap((feature) => feature.settings ?? []).toSorted((a, b) => a.order - b.order)
const first = pages[0]?.id
const views = new Map<string, ComponentType>(
  pages.map((page) => [page.id, lazy(() => page.load().then((module) => ({ default: module.Page })))]),
)

/** The account's settings: a tab for every page a feature adds. */
export function Page() {
  const { t } = useTranslation(['account', ...featureDomains])
  const params: { page?: string } = useParams({ strict: false })
  const View = views.get(params.page ?? first ?? '')
  if (!View) return <NotFound />
  const current = pages.find((page) => page.id === (params.page ?? first))
  return (
    <Frame title={t('account:title')} tabTitle={current && t(current.label)} width="reading">
      <TabLinks
        label={t('account:title')}
        links={pages.map((page) => ({
          to: page.id === first ? '/account' : `/account/${page.id}`,
          label: t(page.label),
          icon: page.icon,
        }))}
      />
      <div className="pt-6">
        <Suspense
          fallback={
            <Loading className="space-y-4">
              <Skeleton className="h-8 w-2/5" />
              <Skeleton className="h-24" />
            </Loading>
          }
        >
          {/* oxlint-disable-next-line react/static-components -- taken from a map made once */}
          <View />
        </Suspense>
      </div>
    </Frame>
  )
}
