import { useTranslation } from 'react-i18next'
import { Segmented } from '@/ui/toggle.tsx'

interface ChoiceProps<Value extends string> {
  value: Value
  onValue: (value: Value) => void
}

/** How the people stand in the picture. */
export function LayoutField({ value, onValue }: ChoiceProps<'grid' | 'speaker'>) {
  const { t } = useTranslation('meetings')
  return (
    <div>
      <p className="mb-1 font-medium">{t('record.layout')}</p>
      <Segmented
        label={t('record.layout')}
        value={value}
        onValue={onValue}
        options={(['grid', 'speaker'] as const).map((one) => ({ value: one, label: t(`layout.${one}`) }))}
        className="w-full"
      />
    </div>
  )
}

/** How large the picture is. */
export function QualityField({ value, onValue }: ChoiceProps<'low' | 'medium' | 'high'>) {
  const { t } = useTranslation('meetings')
  return (
    <div>
      <p className="mb-1 font-medium">{t('record.quality')}</p>
      <Segmented
        label={t('record.quality')}
        value={value}
        onValue={onValue}
        options={[
          { value: 'low', label: '360p' },
          { value: 'medium', label: '720p' },
          { value: 'high', label: '1080p' },
        ]}
        className="w-full"
      />
    </div>
  )
}
