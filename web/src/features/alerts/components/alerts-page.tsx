import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { TabbedPage } from '@/app/tabbed-page.tsx'

interface AlertsPageProps {
  title: string
  subtitle?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** The frame of the pages of board alerts. */
export function AlertsPage({ title, subtitle, actions, children }: AlertsPageProps) {
  const { t } = useTranslation('alerts')
  return (
    <TabbedPage
      title={t('title')}
      tabTitle={title}
      subtitle={subtitle}
      actions={actions}
      links={[
        { to: '/alerts', label: t('history.title'), icon: 'bell' },
        { to: '/alerts/subscriptions', label: t('subscriptions.title'), icon: 'list-filter' },
        { to: '/alerts/bindings', label: t('bindings.title'), icon: 'link' },
        { to: '/alerts/boards', label: t('boards.title'), icon: 'list' },
        { to: '/alerts/notifications', label: t('notifications.title'), icon: 'inbox' },
        { to: '/alerts/deliveries', label: t('deliveries.title'), icon: 'send' },
        { to: '/admin/alerts', label: t('admin.title'), icon: 'shield', admin: true },
      ]}
    >
      {children}
    </TabbedPage>
  )
}

/** The frame of the admin's pages of alerts. */
export function AlertsAdminPage({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation('alerts')
  return (
    <TabbedPage
      title={t('admin.title')}
      tabTitle={title}
      back="/admin"
      links={[
        { to: '/admin/alerts', label: t('admin.broadcast.title'), icon: 'radio' },
        { to: '/admin/alerts/deliveries', label: t('admin.deliveries.title'), icon: 'send' },
        { to: '/admin/alerts/crawler', label: t('admin.crawler.title'), icon: 'server' },
      ]}
    >
      {children}
    </TabbedPage>
  )
}
