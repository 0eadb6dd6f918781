import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { deleteSubscription, listSubscriptions, updateSubscription } from '#contracts/alerts.ts'
import { alertLimits } from '#contracts/board-alerts.ts'
import type { Subscription } from '#contracts/schemas/alerts.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Badge, Notice } from '@/ui/badge.tsx'
import { Button, IconButton } from '@/ui/button.tsx'
import { Confirm } from '@/ui/dialog.tsx'
import { List, ListRow } from '@/ui/list.tsx'
import { Card } from '@/ui/page.tsx'
import { EmptyState } from '@/ui/states.tsx'
import { Time } from '@/ui/time.tsx'
import { keys } from '../api/keys.ts'
import { AlertsPage } from '../components/alerts-page.tsx'
import { Loaded } from '../components/loaded.tsx'
import { SubscribeDialog } from '../components/subscribe-dialog.tsx'

const related = [keys.subscriptions, keys.limits, keys.boards]

/** What one watches, and how much more one may. */
export function Page() {
  const { t } = useTranslation('alerts')
  const search: { new?: string | number; board?: string } = useSearch({ strict: false })
  const [adding, setAdding] = useState(search.new !== undefined)
  const [leaving, setLeaving] = useState<Subscription>()
  const query = useQuery({
    queryKey: keys.subscriptions,
    queryFn: ({ signal }) => callApi(listSubscriptions, {}, { signal }),
  })
  const limits = useQuery({ queryKey: keys.limits, queryFn: ({ signal }) => callApi(alertLimits, {}, { signal }) })
  const toggle = useAct({
    act: ({ id, enabled }: Subscription) =>
      callApi(updateSubscription, { params: { id }, body: { enabled: !enabled } }),
    optimistic: {
      key: keys.subscriptions,
      apply: (before, changed) =>
        (before as Subscription[]).map((one) => (one.id === changed.id ? { ...one, enabled: !one.enabled } : one)),
    },
    invalidates: related,
  })
  const remove = useAct({
    act: ({ id }: Subscription) => callApi(deleteSubscription, { params: { id } }),
    invalidates: related,
  })
  const { used = 0, limit = null } = limits.data ?? {}
  const full = limit !== null && used >= limit
  return (
    <AlertsPage
      title={t('subscriptions.title')}
      subtitle={
        limits.data && (limit === null ? t('subscriptions.used', { used }) : t('subscriptions.usedOf', { used, limit }))
      }
      actions={
        <Button kind="primary" icon="plus" disabled={full} onClick={() => setAdding(true)}>
          {t('subscriptions.add')}
        </Button>
      }
    >
      {full && (
        <div className="mb-4">
          <Notice>{t('subscriptions.full', { limit })}</Notice>
        </div>
      )}
      <Loaded query={query} failed={t('subscriptions.failed')}>
        {(subscriptions) =>
          subscriptions.length === 0 ? (
            <Card>
              <EmptyState
                icon="list-filter"
                title={t('subscriptions.empty')}
                action={
                  <Button icon="plus" onClick={() => setAdding(true)}>
                    {t('subscriptions.first')}
                  </Button>
                }
              >
                {t('subscriptions.emptyHint')}
              </EmptyState>
            </Card>
          ) : (
            <List label={t('subscriptions.title')}>
              {subscriptions.map((one) => (
                <ListRow
                  key={one.id}
                  title={<span className="whitespace-normal break-words">{`${one.board} · ${one.value}`}</span>}
                  subtitle={
                    <>
                      {t(`type.${one.sub_type}`)} · <Time value={one.created_at} />
                    </>
                  }
                  meta={!one.enabled && <Badge>{t('off')}</Badge>}
                  actions={
                    <>
                      <IconButton
                        icon={one.enabled ? 'pause' : 'play'}
                        label={t(one.enabled ? 'subscriptions.pause' : 'subscriptions.resume', { name: one.value })}
                        onClick={() => toggle.mutate(one)}
                      />
                      <IconButton
                        icon="trash-2"
                        label={t('subscriptions.remove', { name: one.value })}
                        onClick={() => setLeaving(one)}
                      />
                    </>
                  }
                />
              ))}
            </List>
          )
        }
      </Loaded>
      <SubscribeDialog open={adding} onOpenChange={setAdding} {...(search.board ? { board: search.board } : {})} />
      <Confirm
        open={leaving !== undefined}
        onOpenChange={(open) => !open && setLeaving(undefined)}
        title={t('subscriptions.removeAsk', { board: leaving?.board, value: leaving?.value })}
        action={t('subscriptions.removeDo')}
        onConfirm={async () => {
          if (leaving) await remove.mutateAsync(leaving)
        }}
      />
    </AlertsPage>
  )
}
