import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/button.tsx'
import { Field, Input, Select } from '@/ui/field.tsx'
import { Segmented } from '@/ui/toggle.tsx'
import { type Shown, show } from '../state/shown.ts'

const KINDS = ['all', 'video', 'audio', 'image', 'document'] as const
const SCOPES = ['all', 'mine', 'meetings'] as const

/** Which files, and how they are shown. */
export function Toolbar({ shown, onChoose }: { shown: Shown; onChoose: (() => void) | undefined }) {
  const { t } = useTranslation('library')
  const kinds = KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-2">
      <Segmented
        label={t('kind.label')}
        value={shown.kind}
        onValue={(kind) => show({ kind })}
        options={kinds}
        className="max-lg:hidden!"
      />
      <Field label={t('kind.label')} hideLabel className="flex-1 lg:hidden">
        <Select value={shown.kind} onValue={(kind) => show({ kind: kind as Shown['kind'] })} options={kinds} />
      </Field>
      <Field label={t('scope.label')} hideLabel className="flex-1 lg:w-36 lg:flex-none">
        <Select
          value={shown.scope}
          onValue={(scope) => show({ scope: scope as Shown['scope'] })}
          options={SCOPES.map((value) => ({ value, label: t(`scope.${value}`) }))}
        />
      </Field>
      <div className="flex min-w-0 flex-auto items-center gap-3 max-lg:w-full">
        <div className="min-w-0 flex-1">
          <Input
            icon="search"
            type="search"
            aria-label={t('search')}
            placeholder={t('search')}
            value={shown.words}
            onChange={(event) => show({ words: event.target.value })}
          />
        </div>
        {onChoose && (
          <Button kind="ghost" onClick={onChoose}>
            {t('choice.begin')}
          </Button>
        )}
        <Segmented
          label={t('view.label')}
          value={shown.view}
          onValue={(view) => show({ view })}
          iconsOnly
          options={[
            { value: 'grid', label: t('view.grid'), icon: 'layout-grid' },
            { value: 'list', label: t('view.list'), icon: 'list' },
          ]}
        />
      </div>
    </div>
  )
}
