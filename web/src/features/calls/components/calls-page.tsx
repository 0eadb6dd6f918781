import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { TabbedPage } from '@/app/tabbed-page.tsx'

/** The frame of the pages of calls. */
export function CallsPage({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation('calls')
  return (
    <TabbedPage
      title={t('title')}
      tabTitle={title}
      actions={actions}
      links={[
        { to: '/calls', label: t('history.title'), icon: 'phone' },
        { to: '/calls/connections', label: t('connections.title'), icon: 'key' },
        { to: '/calls/limits', label: t('limits.title'), icon: 'shield', admin: true },
      ]}
    >
      {children}
    </TabbedPage>
  )
}
