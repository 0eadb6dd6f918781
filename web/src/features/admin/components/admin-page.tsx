import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '@/ui/page.tsx'
import { TabLinks } from '@/ui/tabs.tsx'

/** The frame of the admin's pages. */
export function AdminPage({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation('admin')
  return (
    <Page title={t('title')} tabTitle={title} width="normal">
      <TabLinks
        label={t('title')}
        links={[
          { to: '/admin', label: t('users.title'), icon: 'users' },
          { to: '/admin/rooms', label: t('rooms.title'), icon: 'video' },
          { to: '/admin/audit', label: t('audit.title'), icon: 'scroll-text' },
        ]}
      />
      <div className="pt-5">{children}</div>
    </Page>
  )
}
