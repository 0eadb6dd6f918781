import { useTranslation } from 'react-i18next'
import { useAccount } from '@/lib/account.ts'
import { ApiError } from '@/lib/api-error.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button, LinkButton } from '@/ui/button.tsx'
import { Icon } from '@/ui/icons.tsx'
import { Card } from '@/ui/page.tsx'
import { useSayFault } from '../api/act.ts'
import { useModels } from '../api/queries.ts'
import { factsOf, suggested } from '../models/facts.ts'
import { NEEDS, type Use } from './uses.ts'

/** Why nothing came of it: where a model is missing, which one and where to get it. */
export function Failure({ use, error, onRetry }: { use: Use; error: unknown; onRetry: () => void }) {
  const { t } = useTranslation('ai')
  const say = useSayFault()
  const fault = error instanceof ApiError ? error.fault : undefined
  if (fault === 'ai.no-model' || fault === 'ai.not-installed') return <NeedsModel use={use} />
  return (
    <Notice
      tone="danger"
      action={
        <Button size="sm" kind="ghost" onClick={onRetry}>
          {t('retry')}
        </Button>
      }
    >
      {say(error)}
    </Notice>
  )
}

/** Nothing that could do this is installed. */
export function NeedsModel({ use }: { use: Use }) {
  const { t, i18n } = useTranslation('ai')
  const { data: account } = useAccount()
  const { data } = useModels()
  const type = NEEDS[use]
  const models = data?.models ?? []
  const first = type === undefined ? undefined : suggested(models, type)
  const others = models.filter((model) => model.type === type && model.model_id !== first?.model_id)
  const admin = account?.role === 'admin'
  return (
    <Card className="p-4 md:p-5">
      <div role="alert" className="flex items-start gap-3">
        <span className="grid size-9 shrink-0 place-items-center rounded-6 bg-warn-soft text-warn-ink">
          <Icon name="download" size={18} />
        </span>
        <div className="min-w-0 flex-1">
          <p className="font-semibold">{t('needs.title', { use: t(`use.${use}.name`) })}</p>
          <p className="text-ink-2">{t(admin ? 'needs.admin' : 'needs.ask')}</p>
          {use === 'recognise' && admin && <p className="mt-1 text-12 text-ink-3">{t('needs.service')}</p>}
        </div>
      </div>
      {first !== undefined && (
        <div className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-3 border-t border-line pt-4">
          <div className="min-w-0 flex-1 basis-52">
            <p className="font-medium">{first.name}</p>
            <p className="text-12 text-ink-3">{factsOf(first, t, i18n.language).join(' · ')}</p>
          </div>
          <LinkButton to="/ai/models" search={{ model: first.model_id }} kind={admin ? 'primary' : 'secondary'}>
            {t(first.state === 'downloading' ? 'needs.see' : admin ? 'needs.go' : 'needs.see')}
          </LinkButton>
        </div>
      )}
      {others.length > 0 && (
        <p className="mt-3 text-12 text-ink-3">
          {t('needs.others', {
            names: new Intl.ListFormat(i18n.language, { type: 'disjunction' }).format(others.map(({ name }) => name)),
          })}
        </p>
      )}
    </Card>
  )
}
