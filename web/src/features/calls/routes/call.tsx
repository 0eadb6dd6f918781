import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type Call, isFinal } from '#contracts/schemas/call.ts'
import { useAct } from '@/app/query.ts'
import { formatClock } from '@/lib/time.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Card, Page as Frame } from '@/ui/page.tsx'
import { ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { Time } from '@/ui/time.tsx'
import { cancelCall, useCallSocket } from '../call-socket.ts'
import { CallStatusBadge, useReason } from '../components/call-status.tsx'
import { keys, useCall } from '../queries.ts'

/** One call, followed live. */
export function Page() {
  const { t } = useTranslation('calls')
  const { callId = '' }: { callId?: string } = useParams({ strict: false })
  useCallSocket()
  const { data: call, error, refetch } = useCall(callId)
  const cancel = useAct({ act: () => cancelCall(callId), invalidates: [keys.one(callId)] })
  return (
    <Frame
      title={call?.to ?? t('title')}
      back="/calls"
      actions={
        call &&
        !isFinal(call.status) && (
          <Button kind="danger" icon="phone-off" busy={cancel.isPending} onClick={() => cancel.mutate()}>
            {t('call.cancel')}
          </Button>
        )
      }
    >
      {error && !call ? (
        <ErrorState error={error} title={t('call.failed')} onRetry={() => void refetch()} />
      ) : !call ? (
        <SkeletonRows count={4} />
      ) : (
        <Facts call={call} />
      )}
    </Frame>
  )
}

function Facts({ call }: { call: Call }) {
  const { t } = useTranslation('calls')
  const reason = useReason(call)
  const steps = [
    ['call.asked', call.createdAt],
    ['call.dialled', call.dialingAt],
    ['call.rang', call.ringingAt],
    ['call.answered', call.answeredAt],
    ['call.ended', call.endedAt],
  ] as const
  return (
    <div className="grid gap-5">
      <div role="status" className="flex flex-wrap items-center gap-3">
        <CallStatusBadge status={call.status} />
        {call.durationMs !== null && <span className="tabular-nums">{formatClock(call.durationMs / 1000)}</span>}
        {call.attempts > 1 && <span className="text-ink-2">{t('call.attempts', { count: call.attempts })}</span>}
      </div>
      {reason && (
        <Notice tone={call.status === 'failed' ? 'danger' : 'neutral'}>
          {reason} {call.notBefore !== null && <Time value={call.notBefore} style="datetime" />}
        </Notice>
      )}
      <Card padded>
        <dl className="grid gap-4">
          <Fact name={t('place.message')}>
            <span className="whitespace-pre-wrap">{call.message}</span>
          </Fact>
          {call.keys && <Fact name={t('place.keys')}>{call.keys}</Fact>}
          {call.digits && <Fact name={t('call.digits')}>{call.digits}</Fact>}
          {call.transcript && (
            <Fact name={t('call.transcript')}>
              <span className="whitespace-pre-wrap">{call.transcript}</span>
            </Fact>
          )}
          {call.carrier && <Fact name={t('call.carrier')}>{call.carrier}</Fact>}
          {call.sipCode !== null && <Fact name={t('call.code')}>{call.sipCode}</Fact>}
        </dl>
      </Card>
      <Card padded>
        <ol className="grid gap-2">
          {steps.map(([name, time]) =>
            time === null ? null : (
              <li key={name} className="flex justify-between gap-4">
                <span>{t(name)}</span>
                <span className="text-ink-2">
                  <Time value={time} style="datetime" />
                </span>
              </li>
            ),
          )}
        </ol>
      </Card>
    </div>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-12 text-ink-3">{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
