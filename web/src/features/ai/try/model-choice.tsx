import { useTranslation } from 'react-i18next'
import { Field, Select } from '@/ui/field.tsx'
import { type Model, useModels } from '../api/queries.ts'
import { readyOf } from './uses.ts'

interface ChoiceProps {
  type: Model['type']
  /** Empty: whichever the server takes. */
  value: string
  onValue: (modelId: string) => void
  /** What could be taken beside the models. */
  others?: readonly { value: string; label: string }[]
}

const NONE: readonly { value: string; label: string }[] = []

/** Which model does it, where there is a choice. */
export function ModelChoice({ type, value, onValue, others = NONE }: ChoiceProps) {
  const { t } = useTranslation('ai')
  const { data } = useModels()
  // A service behind an address goes first by itself; it cannot be named.
  const models = readyOf(data?.models ?? [], type).filter((model) => model.engine !== 'openai')
  if (models.length === 0 || models.length + others.length < 2) return null
  return (
    <Field label={t('try.model')} className="w-56 max-sm:w-full">
      <Select
        value={value}
        onValue={onValue}
        options={[
          { value: '', label: t('try.anyModel') },
          ...models.map((model) => ({ value: model.model_id, label: model.name })),
          ...others,
        ]}
      />
    </Field>
  )
}
