import { useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { confirmTelegram } from '#contracts/alerts.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { useAccount } from '@/lib/account.ts'
import { describeError } from '@/lib/describe-error.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button, LinkButton } from '@/ui/button.tsx'
import { Card, useTitle } from '@/ui/page.tsx'

/** Where the button of the bot's /bind leads: binds the chat that asked to the account signed in. */
export function Page() {
  const { t } = useTranslation('alerts')
  const common = useTranslation('common')
  const { data: account } = useAccount()
  // The router reads a token of digits as a number.
  const search: { token?: string | number } = useSearch({ strict: false })
  const token = String(search.token ?? '')
  const confirm = useAct({ act: () => callApi(confirmTelegram, { body: { token } }), quiet: true })
  useTitle(t('confirm.title'))
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <Card padded className="w-full max-w-96">
        <h1 className="mb-2 text-20 font-semibold">{t('confirm.title')}</h1>
        {confirm.isSuccess ? (
          <>
            <Notice tone="ok">{t('confirm.done')}</Notice>
            <LinkButton to="/alerts/bindings" className="mt-4 w-full">
              {t('confirm.back')}
            </LinkButton>
          </>
        ) : (
          <>
            <p className="mb-4 text-ink-2">{t('confirm.lead', { email: account?.email ?? '' })}</p>
            {confirm.error !== null && (
              <div className="mb-4">
                <Notice tone="danger">{describeError(confirm.error, common.t).sentence}</Notice>
              </div>
            )}
            {token === '' && (
              <div className="mb-4">
                <Notice tone="danger">{t('confirm.noToken')}</Notice>
              </div>
            )}
            <Button
              kind="primary"
              size="lg"
              className="w-full"
              busy={confirm.isPending}
              disabled={token === ''}
              onClick={() => confirm.mutate()}
            >
              {t('confirm.action')}
            </Button>
          </>
        )}
      </Card>
    </main>
  )
}
