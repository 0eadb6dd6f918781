import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccount } from '@/lib/account.ts'
import { Page } from '@/ui/page.tsx'
import { TabLinks } from '@/ui/tabs.tsx'

/** The frame of the pages of calls. */
export function CallsPage({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation('calls')
  const { data: account } = useAccount()
  return (
    <Page title={t('title')} tabTitle={title} actions={actions}>
      <TabLinks
        label={t('title')}
        links={[
          { to: '/calls', label: t('history.title'), icon: 'phone' },
          { to: '/calls/connections', label: t('connections.title'), icon: 'key' },
          ...(account?.role === 'admin'
            ? [{ to: '/calls/limits', label: t('limits.title'), icon: 'shield' as const }]
            : []),
        ]}
      />
      <div className="pt-5">{children}</div>
    </Page>
  )
}
