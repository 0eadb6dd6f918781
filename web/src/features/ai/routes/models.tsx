import { useState } from 'react'
import { useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useAccount } from '@/lib/account.ts'
import { Button } from '@/ui/button.tsx'
import { List } from '@/ui/list.tsx'
import { Section } from '@/ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { Segmented } from '@/ui/toggle.tsx'
import { useLiveModels } from '../api/live.ts'
import { useModels } from '../api/queries.ts'
import { AiPage } from '../components/ai-page.tsx'
import { TYPES, isBuiltIn, isHere } from '../models/facts.ts'
import { FirstModels } from '../models/first-models.tsx'
import { ImportDialog } from '../models/import-dialog.tsx'
import { ModelRow } from '../models/model-row.tsx'

/** Every model there is and could be, by what it is for. */
export function Page() {
  const { t } = useTranslation('ai')
  const { data: account } = useAccount()
  const admin = account?.role === 'admin'
  const sought: { model?: unknown } = useSearch({ strict: false })
  const [shown, setShown] = useState<'all' | 'here'>('all')
  const [imports, setImports] = useState(false)
  const { data, error, refetch } = useModels()
  useLiveModels()
  const models = data?.models ?? []
  const isBare = models.length > 0 && !models.some((model) => isHere(model) && !isBuiltIn(model))
  const groups = TYPES.map((type) => ({
    type,
    models: models.filter((model) => model.type === type && (shown === 'all' || model.state !== 'available')),
  })).filter((group) => group.models.length > 0)
  return (
    <AiPage
      title={t('models.title')}
      actions={
        admin && (
          <Button icon="upload" onClick={() => setImports(true)}>
            {t('import.open')}
          </Button>
        )
      }
    >
      {error && !data ? (
        <ErrorState error={error} title={t('models.failed')} onRetry={() => void refetch()} />
      ) : !data ? (
        <SkeletonRows count={6} />
      ) : (
        <>
          {isBare && <FirstModels models={models} admin={admin} />}
          <div className="mb-5">
            <Segmented
              label={t('models.show')}
              value={shown}
              onValue={setShown}
              options={[
                { value: 'all', label: t('models.all') },
                { value: 'here', label: t('models.here') },
              ]}
            />
          </div>
          {groups.length === 0 && (
            <EmptyState icon="download" title={t('models.noneHere')}>
              {t('models.noneHereText')}
            </EmptyState>
          )}
          {groups.map(({ type, models: some }) => (
            <Section
              key={type}
              id={`ai-${type}`}
              title={t(`models.type.${type}.name`)}
              description={t(`models.type.${type}.what`)}
            >
              <List label={t(`models.type.${type}.name`)}>
                {some.map((model) => (
                  <ModelRow key={model.model_id} model={model} admin={admin} sought={sought.model === model.model_id} />
                ))}
              </List>
            </Section>
          ))}
        </>
      )}
      {admin && <ImportDialog open={imports} onClose={() => setImports(false)} />}
    </AiPage>
  )
}
