import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AccountSession } from '#contracts/schemas/account.ts'
import { listSessions, revokeOtherSessions, revokeSession } from '#contracts/users.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Badge } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Confirm } from '@/ui/dialog.tsx'
import { Icon } from '@/ui/icons.tsx'
import { List, ListRow } from '@/ui/list.tsx'
import { Section } from '@/ui/page.tsx'
import { ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { Time } from '@/ui/time.tsx'
import { toast } from '@/ui/toast.tsx'
import { deviceOf } from './device.ts'

/** The cache's key of the sessions. */
export const sessionsKey = ['account', 'sessions'] as const

interface Sessions {
  sessions: AccountSession[]
  total: number
}

/** Where one is signed in; each can be signed out, or all others at once. */
export function Sessions() {
  const { t } = useTranslation('account')
  const [asking, setAsking] = useState(false)
  const { data, error, refetch } = useQuery({
    queryKey: sessionsKey,
    queryFn: ({ signal }) => callApi(listSessions, {}, { signal }),
  })
  const revoke = useAct({
    act: (id: string) => callApi(revokeSession, { params: { id } }),
    optimistic: {
      key: sessionsKey,
      apply: (before, id) => ({
        ...(before as Sessions),
        sessions: (before as Sessions).sessions.filter((session) => session.session_id !== id),
      }),
    },
    invalidates: [sessionsKey],
    onDone: () => toast(t('sessions.ended'), { tone: 'ok' }),
  })
  const revokeOthers = useAct({
    act: () => callApi(revokeOtherSessions),
    invalidates: [sessionsKey],
    onDone: ({ revoked }) => toast(t('sessions.othersEnded', { count: revoked }), { tone: 'ok' }),
  })
  const others = data?.sessions.some((session) => !session.current)
  return (
    <Section
      title={t('sessions.title')}
      description={t('sessions.description')}
      actions={others && <Button onClick={() => setAsking(true)}>{t('sessions.endOthers')}</Button>}
    >
      {error && !data ? (
        <ErrorState compact error={error} title={t('sessions.failed')} onRetry={() => void refetch()} />
      ) : (
        <List label={t('sessions.title')}>
          {!data ? (
            <li>
              <SkeletonRows count={3} />
            </li>
          ) : (
            data.sessions.map((session) => {
              const device = deviceOf(session.user_agent)
              return (
                <ListRow
                  key={session.session_id}
                  leading={
                    <Icon name={device.mobile ? 'smartphone' : 'laptop'} size={20} className="shrink-0 text-ink-3" />
                  }
                  title={
                    <span className="inline-flex max-w-full items-center gap-2">
                      <span className="truncate">{device.name || t('sessions.unknown')}</span>
                      {session.current && <Badge tone="ok">{t('sessions.current')}</Badge>}
                    </span>
                  }
                  subtitle={
                    <>
                      {t('sessions.seen')} <Time value={session.last_seen_at} /> · {session.address}
                    </>
                  }
                  actions={
                    !session.current && (
                      <Button kind="ghost" size="sm" onClick={() => revoke.mutate(session.session_id)}>
                        {t('sessions.end')}
                      </Button>
                    )
                  }
                />
              )
            })
          )}
        </List>
      )}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t('sessions.endOthersTitle')}
        description={t('sessions.endOthersText')}
        action={t('sessions.endOthers')}
        onConfirm={() => revokeOthers.mutateAsync()}
      />
    </Section>
  )
}
