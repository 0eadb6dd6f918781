import { useTranslation } from 'react-i18next'
import { ApiError } from '@/lib/api-error.ts'
import { useAccount } from '@/lib/account.ts'
import { Notice } from '@/ui/badge.tsx'

/** The settings that are missing, where that is why the assistant does not answer. */
export function missingSettings(error: unknown): string[] | undefined {
  if (!(error instanceof ApiError) || error.status !== 503) return undefined
  return typeof error.details === 'string' ? (error.details.match(/CONFAB_[A-Z_]+/g) ?? []) : []
}

/** Says that no model is there yet: to an admin what to set, to others whom to ask. */
export function NotConfigured({ settings }: { settings: readonly string[] }) {
  const { t, i18n } = useTranslation('assistant')
  const { data: account } = useAccount()
  const names = new Intl.ListFormat(i18n.language, { type: 'conjunction' }).format(settings)
  return (
    <div className="mx-auto w-full max-w-[48rem] px-3 pb-3 md:px-6">
      <Notice tone="warn">
        <strong className="font-semibold">{t('notConfigured.title')}</strong>{' '}
        {account?.role === 'admin' && names ? t('notConfigured.admin', { names }) : t('notConfigured.others')}
      </Notice>
    </div>
  )
}
