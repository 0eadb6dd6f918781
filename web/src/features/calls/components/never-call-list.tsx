import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addNeverCall, removeNeverCall } from '#contracts/calls.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button, IconButton } from '@/ui/button.tsx'
import { Field, Input } from '@/ui/field.tsx'
import { List, ListRow } from '@/ui/list.tsx'
import { Section } from '@/ui/page.tsx'
import { ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { Time } from '@/ui/time.tsx'
import { useForm } from '@/ui/use-form.ts'
import { keys, useNeverCall } from '../queries.ts'

/** The numbers that are never called, whoever asks. */
export function NeverCallList() {
  const { t } = useTranslation('calls')
  const { data, error, refetch } = useNeverCall()
  const [number, setNumber] = useState('')
  const [reason, setReason] = useState('')
  const add = useAct({
    act: () => callApi(addNeverCall, { body: { number: number.trim(), reason: reason.trim() } }),
    invalidates: [keys.neverCall],
    quiet: true,
    onDone: () => {
      setNumber('')
      setReason('')
    },
  })
  const remove = useAct({
    act: (which: string) => callApi(removeNeverCall, { params: { number: which } }),
    invalidates: [keys.neverCall],
  })
  const { busy, sentence, onSubmit } = useForm(async () => void (await add.mutateAsync()))
  return (
    <Section title={t('never.title')} description={t('never.text')}>
      <form onSubmit={onSubmit} className="mb-3 flex flex-wrap items-end gap-3">
        <Field label={t('never.number')} className="w-48 max-sm:w-full" required>
          <Input
            type="tel"
            required
            placeholder="+886912345678"
            value={number}
            onChange={(event) => setNumber(event.target.value)}
          />
        </Field>
        <Field label={t('never.reason')} className="flex-1 basis-48">
          <Input maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
        <Button type="submit" icon="plus" busy={busy}>
          {t('never.add')}
        </Button>
      </form>
      {sentence && (
        <div className="mb-3">
          <Notice tone="danger">{sentence}</Notice>
        </div>
      )}
      {error && !data ? (
        <ErrorState compact error={error} title={t('never.failed')} onRetry={() => void refetch()} />
      ) : !data ? (
        <SkeletonRows count={2} />
      ) : data.numbers.length === 0 ? (
        <p className="text-ink-3">{t('never.empty')}</p>
      ) : (
        <List label={t('never.title')}>
          {data.numbers.map((one) => (
            <ListRow
              key={one.number}
              title={one.number}
              subtitle={one.reason}
              meta={<Time value={one.createdAt} style="date" />}
              actions={
                <IconButton
                  icon="trash-2"
                  label={t('never.remove', { number: one.number })}
                  onClick={() => remove.mutate(one.number)}
                />
              }
            />
          ))}
        </List>
      )}
    </Section>
  )
}
