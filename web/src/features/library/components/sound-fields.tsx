import { useTranslation } from 'react-i18next'
import { AUDIO_FORMATS, type AudioFormat } from '#contracts/schemas/conversion.ts'
import { Field, Select } from '@/ui/field.tsx'
import { hasBitrate } from '../state/conversion.ts'
import type { DraftProps } from './convert-dialog.tsx'

const RATES = ['64k', '96k', '128k', '192k', '256k', '320k']

/** What the sound is kept as. */
export function SoundFields({ draft, onDraft }: DraftProps) {
  const { t } = useTranslation('library')
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label={t('convert.format')}>
        <Select
          value={draft.soundFormat}
          onValue={(value) => onDraft({ ...draft, soundFormat: value as AudioFormat })}
          options={AUDIO_FORMATS.map((value) => ({ value, label: value.toUpperCase() }))}
        />
      </Field>
      {hasBitrate(draft.soundFormat) && (
        <Field label={t('convert.bitrate')}>
          <Select
            value={draft.soundBitrate}
            onValue={(soundBitrate) => onDraft({ ...draft, soundBitrate })}
            options={RATES.map((value) => ({ value, label: value.replace('k', ' kbit/s') }))}
          />
        </Field>
      )}
    </div>
  )
}
