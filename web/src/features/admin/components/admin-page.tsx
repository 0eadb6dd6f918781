import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { featureDomains, features } from '@/app/features.ts'
import { TabbedPage } from '@/app/tabbed-page.tsx'

const places = features.flatMap((feature) => feature.adminPlaces ?? []).toSorted((a, b) => a.order - b.order)

/** The frame of the admin's pages: a tab for every place a feature adds. */
export function AdminPage({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation(['admin', ...featureDomains])
  return (
    <TabbedPage
      title={t('admin:title')}
      tabTitle={title}
      links={places.map(({ to, label, icon }) => ({ to, label: t(label), icon }))}
    >
      {children}
    </TabbedPage>
  )
}
