import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { regenerateApiKey } from '#contracts/users.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Badge } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { CodeBlock, CopyButton } from '@/ui/code-block.tsx'
import { Confirm } from '@/ui/dialog.tsx'
import { List, ListRow } from '@/ui/list.tsx'
import { Card, Section } from '@/ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { Time } from '@/ui/time.tsx'
import { toast } from '@/ui/toast.tsx'
import { CallsPage } from '../components/calls-page.tsx'
import { keys, useConnections } from '../queries.ts'

/** How a program connects, with which key, and what is connected now. */
export function Page() {
  const { t } = useTranslation('calls')
  const { data, error, refetch } = useConnections()
  const [asking, setAsking] = useState(false)
  const renew = useAct({
    act: () => callApi(regenerateApiKey),
    invalidates: [keys.connections],
    onDone: () => toast(t('connections.renewed'), { tone: 'ok' }),
  })
  const address = `${location.origin.replace(/^http/, 'ws')}/ws`
  return (
    <CallsPage title={t('connections.title')}>
      {error && !data ? (
        <ErrorState error={error} title={t('connections.failed')} onRetry={() => void refetch()} />
      ) : !data ? (
        <SkeletonRows count={4} />
      ) : (
        <>
          <Section title={t('connections.key')} description={t('connections.keyText')}>
            <Card className="flex flex-wrap items-center gap-2 p-3">
              <code className="min-w-0 flex-1 basis-60 break-all px-1 font-mono text-12">
                {data.apiKey.slice(0, 4)}
                {'•'.repeat(24)}
              </code>
              <CopyButton text={data.apiKey} label={t('connections.copyKey')} />
              <Button icon="refresh-cw" onClick={() => setAsking(true)}>
                {t('connections.renew')}
              </Button>
            </Card>
          </Section>
          <Section title={t('connections.how')} description={t('connections.howText')}>
            <CodeBlock
              language="json"
              code={`${address}?token=occ_…\n\n{"type":"call","callId":"call-123","to":"+886912345678","message":"您好,幫我預約明天門診"}`}
            />
          </Section>
          <Section title={t('connections.open')}>
            {data.sessions.length === 0 ? (
              <Card>
                <EmptyState compact icon="wifi-off" title={t('connections.none')}>
                  {t('connections.noneText')}
                </EmptyState>
              </Card>
            ) : (
              <List label={t('connections.open')}>
                {data.sessions.map((session) => (
                  <ListRow
                    key={session.id}
                    title={<Time value={session.created_at} style="datetime" />}
                    subtitle={session.id}
                    meta={
                      <>
                        <Time value={session.last_seen} className="max-sm:hidden" />
                        <Badge tone={session.active === 1 ? 'ok' : 'neutral'}>
                          {t(session.active === 1 ? 'connections.active' : 'connections.closed')}
                        </Badge>
                      </>
                    }
                  />
                ))}
              </List>
            )}
          </Section>
        </>
      )}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t('connections.renewTitle')}
        description={t('connections.renewText')}
        action={t('connections.renew')}
        onConfirm={() => renew.mutateAsync()}
      />
    </CallsPage>
  )
}
