import type { ReactNode } from 'react'
import { useAccount } from '@/lib/account.ts'
import type { IconName } from '@/ui/icons.tsx'
import { Page } from '@/ui/page.tsx'
import { TabLinks } from '@/ui/tabs.tsx'

interface TabbedPageProps {
  /** What all its tabs are about. */
  title: string
  /** Of the one that is shown; the browser's tab is named after it. */
  tabTitle: string
  links: readonly { to: string; label: string; icon: IconName; admin?: boolean }[]
  subtitle?: ReactNode
  actions?: ReactNode
  back?: string
  children: ReactNode
}

/** The frame of views that belong together: one title, and a tab for each; those of admins are shown to admins alone. */
export function TabbedPage({ links, children, ...header }: TabbedPageProps) {
  const { data: account } = useAccount()
  return (
    <Page {...header}>
      <TabLinks label={header.title} links={links.filter((link) => link.admin !== true || account?.role === 'admin')} />
      <div className="pt-5">{children}</div>
    </Page>
  )
}
