import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '@/ui/avatar.tsx'
import { Icon } from '@/ui/icons.tsx'
import { Sheet } from '@/ui/dialog.tsx'
import { nameOf, useAccount } from '@/lib/account.ts'
import { AccountEntries } from './account-menu.tsx'
import { FrameSigns } from './frame-signs.tsx'
import { NavEntry, navFeatures } from './rail.tsx'

const most = 5

/** The rail of a phone: five entries and "more". */
export function BottomBar({ admin, onFind }: { admin: boolean; onFind: () => void }) {
  const { t } = useTranslation('shell')
  const [open, setOpen] = useState(false)
  const { data: account } = useAccount()
  const entries = navFeatures(admin)
  return (
    <nav
      aria-label={t('navigation')}
      className="flex shrink-0 border-t border-line bg-sunken pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {entries.slice(0, most).map((feature) => (
        <span key={feature.id} className="flex min-w-0 flex-1">
          <NavEntry feature={feature} />
        </span>
      ))}
      <FrameSigns />
      <button
        type="button"
        onClick={() => setOpen(true)}
        aria-haspopup="dialog"
        className="flex min-w-0 flex-1 flex-col items-center gap-0.5 rounded-10 py-1.5 text-12 text-ink-2"
      >
        <span className="grid h-7 w-12 place-items-center">
          <Icon name="ellipsis" size={20} />
        </span>
        <span className="leading-5">{t('more')}</span>
      </button>
      <Sheet open={open} onOpenChange={setOpen} title={t('more')}>
        <div className="-mx-2 flex flex-col">
          {account && (
            <div className="mb-2 flex items-center gap-3 border-b border-line px-3 pb-4">
              <Avatar id={account.user_id} name={nameOf(account)} src={account.avatar_url} size={40} />
              <div className="min-w-0">
                <p className="truncate font-semibold">{nameOf(account)}</p>
                <p className="truncate text-12 text-ink-3">{account.email}</p>
              </div>
            </div>
          )}
          {entries.slice(most).map((feature) => (
            <NavEntry key={feature.id} feature={feature} wide onClick={() => setOpen(false)} />
          ))}
          <button
            type="button"
            className="flex min-h-11 items-center gap-3 rounded-10 px-3 text-ink-2 hover:bg-hover"
            onClick={() => {
              setOpen(false)
              onFind()
            }}
          >
            <Icon name="search" size={20} />
            {t('palette.open')}
          </button>
          <AccountEntries onLeave={() => setOpen(false)} />
        </div>
      </Sheet>
    </nav>
  )
}
