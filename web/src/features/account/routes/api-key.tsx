import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { regenerateApiKey, showApiKey } from '#contracts/users.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Button, IconButton } from '@/ui/button.tsx'
import { CodeBlock, CopyButton } from '@/ui/code-block.tsx'
import { Confirm } from '@/ui/dialog.tsx'
import { Card, Section } from '@/ui/page.tsx'
import { ErrorState, Skeleton } from '@/ui/states.tsx'
import { toast } from '@/ui/toast.tsx'

const key = ['account', 'api-key'] as const

/** The key programs use in place of a password. */
export function Page() {
  const { t } = useTranslation('account')
  const client = useQueryClient()
  const [shown, setShown] = useState(false)
  const [asking, setAsking] = useState(false)
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => callApi(showApiKey, {}, { signal }),
  })
  const renew = useAct({
    act: () => callApi(regenerateApiKey),
    onDone: ({ apiKey }) => {
      client.setQueryData(key, { api_key: apiKey })
      setShown(true)
      toast(t('apiKey.renewed'), { tone: 'ok' })
    },
  })
  return (
    <>
      <Section title={t('apiKey.title')} description={t('apiKey.description')}>
        {error && !data ? (
          <ErrorState compact error={error} title={t('apiKey.failed')} onRetry={() => void refetch()} />
        ) : (
          <Card className="flex flex-wrap items-center gap-2 p-3">
            {data ? (
              <code className="min-w-0 flex-1 basis-60 break-all px-1 font-mono text-12">
                {shown ? data.api_key : `${data.api_key.slice(0, 4)}${'•'.repeat(24)}`}
              </code>
            ) : (
              <Skeleton className="h-4 flex-1" />
            )}
            <span className="flex items-center gap-1">
              <IconButton
                icon={shown ? 'eye-off' : 'eye'}
                label={t(shown ? 'apiKey.hide' : 'apiKey.show')}
                onClick={() => setShown(!shown)}
              />
              <CopyButton text={data?.api_key ?? ''} label={t('apiKey.copy')} />
              <Button className="ml-1" icon="refresh-cw" onClick={() => setAsking(true)}>
                {t('apiKey.renew')}
              </Button>
            </span>
          </Card>
        )}
      </Section>
      <Section title={t('apiKey.use')} description={t('apiKey.useText')}>
        <CodeBlock
          language="curl"
          code={`curl -H "X-API-Key: ${shown && data ? data.api_key : 'occ_…'}" ${location.origin}/api/v1/my/meetings`}
        />
      </Section>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t('apiKey.renewTitle')}
        description={t('apiKey.renewText')}
        action={t('apiKey.renew')}
        onConfirm={() => renew.mutateAsync()}
      />
    </>
  )
}
