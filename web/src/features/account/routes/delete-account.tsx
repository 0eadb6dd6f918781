import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { deleteAccount } from '#contracts/users.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { useAccount } from '@/lib/account.ts'
import { clearSession } from '@/lib/session.ts'
import { Button } from '@/ui/button.tsx'
import { Confirm } from '@/ui/dialog.tsx'
import { Icon } from '@/ui/icons.tsx'
import { Card, Section } from '@/ui/page.tsx'

const gone = ['profile', 'meetings', 'content', 'keys'] as const

/** Leaving for good. */
export function Page() {
  const { t } = useTranslation('account')
  const { data: account } = useAccount()
  const [asking, setAsking] = useState(false)
  const remove = useAct({ act: () => callApi(deleteAccount), onDone: () => clearSession('chosen') })
  return (
    <Section title={t('delete.title')} description={t('delete.description')}>
      <Card padded>
        <ul className="mb-5 space-y-2">
          {gone.map((what) => (
            <li key={what} className="flex items-start gap-2.5">
              <Icon name="x" className="mt-1 shrink-0 text-danger-ink" />
              <span>{t(`delete.gone.${what}`)}</span>
            </li>
          ))}
        </ul>
        <Button kind="danger" icon="trash-2" onClick={() => setAsking(true)}>
          {t('delete.action')}
        </Button>
      </Card>
      {account && (
        <Confirm
          open={asking}
          onOpenChange={setAsking}
          title={t('delete.confirmTitle', { email: account.email })}
          description={t('delete.confirmText')}
          action={t('delete.action')}
          typed={account.username}
          onConfirm={() => remove.mutateAsync()}
        />
      )}
    </Section>
  )
}
