import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/button.tsx'
import { Field, Input, PasswordInput, TextArea } from '@/ui/field.tsx'
import { Segmented, Switch } from '@/ui/toggle.tsx'
import { type MeetingDraft, switches } from './meeting-draft.ts'

interface MeetingFieldsProps {
  draft: MeetingDraft
  onDraft: (draft: MeetingDraft) => void
  hadPassword: boolean
}

/** What a meeting is: its name, its time, who may come in and what they may do. */
export function MeetingFields({ draft, onDraft, hadPassword }: MeetingFieldsProps) {
  const { t } = useTranslation('meetings')
  const set = (fields: Partial<MeetingDraft>) => onDraft({ ...draft, ...fields })
  return (
    <>
      <Field label={t('form.title')} required>
        <Input
          autoFocus
          value={draft.title}
          maxLength={100}
          pattern=".*\S.*"
          placeholder={t('form.titleHint')}
          onChange={(event) => set({ title: event.target.value })}
        />
      </Field>
      <div className="grid grid-cols-2 gap-3">
        <Field label={t('form.day')} required className="col-span-2">
          <Input type="date" value={draft.day} onChange={(event) => set({ day: event.target.value })} />
        </Field>
        <Field label={t('form.from')} required>
          <Input type="time" value={draft.from} onChange={(event) => set({ from: event.target.value })} />
        </Field>
        <Field label={t('form.to')} required hint={draft.to <= draft.from ? t('form.nextDay') : undefined}>
          <Input type="time" value={draft.to} onChange={(event) => set({ to: event.target.value })} />
        </Field>
      </div>
      <Field label={t('form.description')}>
        <TextArea
          rows={3}
          value={draft.description}
          maxLength={500}
          onChange={(event) => set({ description: event.target.value })}
        />
      </Field>
      <div className="flex items-center justify-between gap-3">
        <span className="font-medium">{t('form.type')}</span>
        <Segmented
          label={t('form.type')}
          value={draft.type}
          onValue={(type) => set({ type })}
          options={[
            { value: 'video', label: t('type.video'), icon: 'video' },
            { value: 'audio', label: t('type.audio'), icon: 'mic' },
          ]}
        />
      </div>
      <div className="grid grid-cols-2 gap-3">
        <Field label={t('form.most')} required>
          <Input
            type="number"
            min={1}
            max={1000}
            value={draft.most}
            onChange={(event) => set({ most: event.target.value })}
          />
        </Field>
        {draft.password === null ? (
          <Field label={t('form.password')}>
            <Button onClick={() => set({ password: '' })}>{t('form.changePassword')}</Button>
          </Field>
        ) : (
          <Field
            label={t('form.password')}
            hint={hadPassword && draft.password === '' ? t('form.noPassword') : undefined}
          >
            <PasswordInput
              value={draft.password}
              maxLength={50}
              autoComplete="new-password"
              placeholder={t('form.none')}
              onChange={(event) => set({ password: event.target.value })}
            />
          </Field>
        )}
      </div>
      <fieldset className="grid gap-1 border-t border-line pt-4">
        <legend className="sr-only">{t('form.settings')}</legend>
        {switches.map((name) => (
          <Switch
            key={name}
            label={t(`setting.${name}`)}
            hint={t(`setting.${name}_hint`)}
            checked={draft.settings[name]}
            onChecked={(on) => set({ settings: { ...draft.settings, [name]: on } })}
          />
        ))}
      </fieldset>
    </>
  )
}
