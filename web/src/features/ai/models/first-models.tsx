import { useTranslation } from 'react-i18next'
import { pullModel } from '#contracts/models.ts'
import { callApi } from '@/lib/api.ts'
import { formatBytes } from '@/lib/time.ts'
import { Button } from '@/ui/button.tsx'
import { Icon } from '@/ui/icons.tsx'
import { Card } from '@/ui/page.tsx'
import { useAiAct } from '../api/act.ts'
import { type Model, keys } from '../api/queries.ts'
import { ICONS, NEEDS, USES } from '../try/uses.ts'
import { suggested } from './facts.ts'

/** Where nothing is installed: what works all the same, and for the rest, which model to begin with and what it is good for. */
export function FirstModels({ models, admin }: { models: readonly Model[]; admin: boolean }) {
  const { t, i18n } = useTranslation('ai')
  const pull = useAiAct({
    act: (id: string) => callApi(pullModel, { params: { model_id: id } }),
    invalidates: [keys.models],
  })
  const rows = USES.flatMap((use) => {
    const type = NEEDS[use]
    const model = type === undefined ? undefined : suggested(models, type)
    return model === undefined ? [] : [{ use, model }]
  })
  if (rows.length === 0) return null
  return (
    <Card className="mb-8" padded>
      <h2 className="text-16 font-semibold">{t('models.none')}</h2>
      <p className="mt-1 text-ink-2">{t(admin ? 'models.noneText' : 'models.noneAsk')}</p>
      <ul className="mt-4 space-y-4">
        {rows.map(({ use, model }) => (
          <li key={use} className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <span className="grid size-9 shrink-0 place-items-center rounded-6 bg-pressed text-ink-2 max-sm:hidden">
              <Icon name={ICONS[use]} size={18} />
            </span>
            <div className="min-w-0 flex-1 basis-52">
              <p className="font-medium">{t(`use.${use}.name`)}</p>
              <p className="text-12 text-ink-2">
                {model.name}
                {model.bytes !== null && ` · ${formatBytes(model.bytes, i18n.language)}`}
                {model.licence !== '' && ` · ${model.licence}`}
              </p>
            </div>
            {admin && model.pullable && model.state !== 'downloading' && (
              <Button
                size="sm"
                icon="download"
                className="touch:h-11"
                busy={pull.isPending && pull.variables === model.model_id}
                aria-label={`${t('models.pull')}: ${model.name}`}
                onClick={() => pull.mutate(model.model_id)}
              >
                {t('models.pull')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}
