import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccount } from '@/lib/account.ts'
import { Page } from '@/ui/page.tsx'
import { TabLinks } from '@/ui/tabs.tsx'

/** The frame of the pages of the AI tools. */
export function AiPage({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation('ai')
  const { data: account } = useAccount()
  return (
    <Page title={t('title')} tabTitle={title} actions={actions}>
      <TabLinks
        label={t('title')}
        links={[
          { to: '/ai', label: t('try.title'), icon: 'wand-sparkles' },
          { to: '/ai/models', label: t('models.title'), icon: 'download' },
          ...(account?.role === 'admin' ? [{ to: '/ai/nodes', label: t('nodes.title'), icon: 'server' as const }] : []),
        ]}
      />
      <div className="pt-5">{children}</div>
    </Page>
  )
}
