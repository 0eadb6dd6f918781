import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { checkNode, removeNode } from '#contracts/nodes.ts'
import { callApi } from '@/lib/api.ts'
import { formatBytes } from '@/lib/time.ts'
import { Badge, type Tone } from '@/ui/badge.tsx'
import { Button, IconButton } from '@/ui/button.tsx'
import { Confirm } from '@/ui/dialog.tsx'
import { Icon } from '@/ui/icons.tsx'
import { Card } from '@/ui/page.tsx'
import { Time } from '@/ui/time.tsx'
import { useAiAct } from '../api/act.ts'
import { type Node, keys } from '../api/queries.ts'
import { sayReason } from '../api/say-reason.ts'
import { Bar } from '../components/bar.tsx'
import { listed } from '../components/listed.ts'

const tones: Readonly<Record<Node['status'], Tone>> = { online: 'ok', busy: 'warn', offline: 'danger' }
const CHECK = { timeout: 120_000 }

/** One machine or program that runs models: how it is, what it does, and whether it really works. */
export function NodeCard({ node }: { node: Node }) {
  const { t, i18n } = useTranslation('ai')
  const [asks, setAsks] = useState(false)
  const params = { node_id: node.node_id }
  const check = useAiAct({
    act: () => callApi(checkNode, { params, body: undefined }, CHECK),
    invalidates: [keys.nodes],
  })
  const remove = useAiAct({ act: () => callApi(removeNode, { params }), invalidates: [keys.nodes] })
  const percent = (value: number) =>
    new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 0 }).format(value / 100)
  const usage = (value: number) => (value >= 90 ? 'danger' : value >= 75 ? 'warn' : 'accent')
  const memory = (share: number) =>
    node.memory_total === null
      ? percent(share)
      : t('nodes.of', {
          used: formatBytes((node.memory_total * share) / 100, i18n.language),
          total: formatBytes(node.memory_total, i18n.language),
        })
  return (
    <Card className="p-4 md:p-5">
      <section aria-label={node.name}>
        <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
          <span className="grid size-9 shrink-0 place-items-center rounded-6 bg-pressed text-ink-2 max-sm:hidden">
            <Icon name={node.kind === 'openai' ? 'globe' : 'server'} size={18} />
          </span>
          <div className="min-w-0 flex-1 basis-52">
            <h2 className="flex flex-wrap items-center gap-2 font-semibold">
              <span className="min-w-0 truncate">{node.name}</span>
              <Badge tone={tones[node.status]}>{t(`nodes.status.${node.status}`)}</Badge>
            </h2>
            <p className="break-all text-12 text-ink-3">
              {[t(`nodes.kind.${node.kind}`), node.address, node.version].filter(Boolean).join(' · ')}
            </p>
          </div>
          <div className="flex items-center gap-1">
            <Button
              size="sm"
              icon="refresh-cw"
              className="touch:h-11"
              busy={check.isPending}
              onClick={() => check.mutate(undefined)}
            >
              {t('nodes.check')}
            </Button>
            {node.removable && (
              <IconButton
                icon="trash-2"
                size="sm"
                label={t('nodes.remove', { name: node.name })}
                onClick={() => setAsks(true)}
              />
            )}
          </div>
        </div>
        {node.reason !== null && node.reason !== '' && (
          <p className="mt-2 break-words text-danger-ink">
            {t('nodes.because', { reason: sayReason(node.reason, t) })}
          </p>
        )}
        {node.kind !== 'openai' && node.status !== 'offline' && (
          <div className="mt-4 grid gap-4 sm:grid-cols-3">
            {node.cpu_usage !== null && (
              <Bar
                label={t('nodes.cpu')}
                value={percent(node.cpu_usage)}
                share={node.cpu_usage / 100}
                tone={usage(node.cpu_usage)}
              />
            )}
            {node.memory_usage !== null && (
              <Bar
                label={t('nodes.memory')}
                value={memory(node.memory_usage)}
                share={node.memory_usage / 100}
                tone={usage(node.memory_usage)}
              />
            )}
            <Queue node={node} />
          </div>
        )}
        {node.kind === 'openai' && node.status !== 'offline' && (
          <div className="mt-4 sm:w-1/3">
            <Queue node={node} />
          </div>
        )}
        <dl className="mt-4 space-y-1 text-12">
          {node.models.length > 0 && <Fact name={t('nodes.models')} value={listed(node.models, i18n.language)} />}
          {node.kind !== 'openai' && (
            <Fact
              name={t('nodes.loaded')}
              value={node.loaded_models.length === 0 ? t('nodes.nothing') : listed(node.loaded_models, i18n.language)}
            />
          )}
        </dl>
        <p className="mt-1 text-12 text-ink-3">
          {t('nodes.checked')} <Time value={node.checked_at} />
        </p>
        {check.data && !check.isPending && <Checks result={check.data} />}
      </section>
      <Confirm
        open={asks}
        onOpenChange={setAsks}
        title={t('nodes.removeTitle', { name: node.name })}
        description={t('nodes.removeText')}
        action={t('nodes.removeAction')}
        onConfirm={() => remove.mutateAsync(undefined)}
      />
    </Card>
  )
}

function Queue({ node }: { node: Node }) {
  const { t } = useTranslation('ai')
  const { active_requests: active, queue_limit: limit } = node
  return (
    <Bar
      label={t('nodes.queue')}
      value={limit === null ? active : `${active} / ${limit}`}
      share={limit === null ? null : active / limit}
      tone={limit !== null && active >= limit ? 'warn' : 'accent'}
    />
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex gap-2">
      <dt className="shrink-0 text-ink-3">{name}</dt>
      <dd className="min-w-0 break-words">{value}</dd>
    </div>
  )
}

interface Checked {
  healthy: boolean
  checks: readonly { name: string; ok: boolean; latency_ms: number; reason: string | null }[]
}

/** What a health check asked, and what was answered. */
function Checks({ result }: { result: Checked }) {
  const { t, i18n } = useTranslation('ai')
  return (
    <div role="status" className="mt-3 border-t border-line pt-3">
      <p className="font-medium">{t(result.healthy ? 'nodes.healthy' : 'nodes.ill')}</p>
      <ul className="mt-1 space-y-1">
        {result.checks.map((one) => (
          <li key={one.name} className="flex flex-wrap items-center gap-x-2">
            <Icon
              name={one.ok ? 'circle-check' : 'circle-alert'}
              label={t(one.ok ? 'nodes.ok' : 'nodes.failed')}
              className={one.ok ? 'text-ok-ink' : 'text-danger-ink'}
            />
            <span>{one.name}</span>
            <span className="text-12 tabular-nums text-ink-3">
              {new Intl.NumberFormat(i18n.language, {
                style: 'unit',
                unit: 'millisecond',
                maximumFractionDigits: 0,
              }).format(one.latency_ms)}
            </span>
            {one.reason !== null && (
              <span className="break-words text-12 text-danger-ink">{sayReason(one.reason, t)}</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
