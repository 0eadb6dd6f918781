import { useTranslation } from 'react-i18next'
import { formatClock } from '@/lib/time.ts'
import { Field, Select } from '@/ui/field.tsx'
import { Slider } from '@/ui/toggle.tsx'
import type { Draft } from '../state/conversion.ts'
import type { DraftProps } from './convert-dialog.tsx'

const WIDTHS = ['320', '640', '1280', '1920']

/** Which moment of the film, how wide, as what. */
export function StillFields({ draft, onDraft, duration }: DraftProps & { duration: number }) {
  const { t } = useTranslation('library')
  // The very end has no picture any more.
  const last = Math.max(0, duration - 0.1)
  const moment = `${formatClock(draft.at)} / ${formatClock(duration)}`
  return (
    <>
      <div>
        <p className="mb-1 flex justify-between font-medium">
          {t('convert.moment')}
          <span className="text-12 tabular-nums text-ink-3">{moment}</span>
        </p>
        <Slider
          label={t('convert.moment')}
          value={draft.at}
          max={last || 1}
          step={0.1}
          valueText={moment}
          onValue={(at) => onDraft({ ...draft, at: Math.min(at, last) })}
        />
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('convert.format')}>
          <Select
            value={draft.pictureFormat}
            onValue={(value) => onDraft({ ...draft, pictureFormat: value as Draft['pictureFormat'] })}
            options={['jpg', 'png', 'webp'].map((value) => ({ value, label: value.toUpperCase() }))}
          />
        </Field>
        <Field label={t('convert.width')}>
          <Select
            value={draft.pictureWidth}
            onValue={(pictureWidth) => onDraft({ ...draft, pictureWidth })}
            options={[
              { value: '', label: t('convert.asItIs') },
              ...WIDTHS.map((value) => ({ value, label: `${value} px` })),
            ]}
          />
        </Field>
      </div>
    </>
  )
}
