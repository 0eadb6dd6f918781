import { useTranslation } from 'react-i18next'
import { AUDIO_FORMATS, CONTAINERS } from '#contracts/schemas/conversion.ts'
import { Field, Select } from '@/ui/field.tsx'
import { Checkbox, Segmented } from '@/ui/toggle.tsx'
import type { Draft, Operation } from '../state/conversion.ts'
import type { DraftProps } from './convert-dialog.tsx'

const OPERATIONS: readonly Operation[] = [
  'compress',
  'convert_format',
  'extract_audio',
  'extract_video',
  'generate_thumbnail',
]

/** Several things made in one job. */
export function ProcessFields({ draft, onDraft }: DraftProps) {
  const { t } = useTranslation('library')
  const { operations } = draft
  const toggle = (operation: Operation, on: boolean) =>
    onDraft({ ...draft, operations: OPERATIONS.filter((one) => (one === operation ? on : operations.includes(one))) })
  const encodes = operations.includes('compress') || operations.includes('convert_format')
  return (
    <>
      <fieldset className="space-y-2">
        <legend className="mb-1 font-medium">{t('convert.operations')}</legend>
        {OPERATIONS.map((operation) => (
          <Checkbox
            key={operation}
            label={t(`convert.operation.${operation}`)}
            checked={operations.includes(operation)}
            onChecked={(on) => toggle(operation, on)}
          />
        ))}
      </fieldset>
      <div className="grid gap-4 sm:grid-cols-2">
        {operations.includes('convert_format') && (
          <Field label={t('convert.format')}>
            <Select
              value={draft.convertTo}
              onValue={(value) => onDraft({ ...draft, convertTo: value as Draft['convertTo'] })}
              options={[...Object.keys(CONTAINERS), ...AUDIO_FORMATS].map((value) => ({
                value,
                label: value.toUpperCase(),
              }))}
            />
          </Field>
        )}
        {encodes && (
          <div>
            <p className="mb-1 font-medium">{t('convert.quality.label')}</p>
            <Segmented
              label={t('convert.quality.label')}
              value={draft.quality}
              onValue={(quality) => onDraft({ ...draft, quality })}
              options={(['low', 'medium', 'high'] as const).map((value) => ({
                value,
                label: t(`convert.quality.${value}`),
              }))}
              className="w-full"
            />
          </div>
        )}
      </div>
    </>
  )
}
