import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { setCallLimits } from '#contracts/calls.ts'
import type { CallLimits } from '#contracts/schemas/call.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Field, Input } from '@/ui/field.tsx'
import { Card, Section } from '@/ui/page.tsx'
import { ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { toast } from '@/ui/toast.tsx'
import { Switch } from '@/ui/toggle.tsx'
import { useForm } from '@/ui/use-form.ts'
import { CallsPage } from '../components/calls-page.tsx'
import { NeverCallList } from '../components/never-call-list.tsx'
import { keys, useLimits } from '../queries.ts'

const NUMBERS = [
  ['activePerAccount', 1, 1000],
  ['activePerDestination', 1, 1000],
  ['activeInAll', 1, 10_000],
  ['dailyPerAccount', 0, 1_000_000],
  ['dailyPerDestination', 0, 1_000_000],
  ['dailyInAll', 0, 1_000_000],
  ['quietFrom', 0, 23],
  ['quietUntil', 0, 23],
] as const

/** What admins set: the switch, the limits, the numbers that are never called. */
export function Page() {
  const { t } = useTranslation('calls')
  const { data, error, refetch } = useLimits()
  const turn = useAct({
    act: (enabled: boolean) => callApi(setCallLimits, { body: { enabled } }),
    invalidates: [keys.limits, keys.service],
  })
  return (
    <CallsPage title={t('limits.title')}>
      {error && !data ? (
        <ErrorState error={error} title={t('limits.failed')} onRetry={() => void refetch()} />
      ) : !data ? (
        <SkeletonRows count={6} />
      ) : (
        <>
          <Section title={t('limits.switch')}>
            <Card padded>
              <Switch
                label={t('limits.enabled')}
                hint={t('limits.now', { active: data.activeNow, used: data.usedToday })}
                checked={data.limits.enabled}
                disabled={turn.isPending}
                onChecked={(enabled) => turn.mutate(enabled)}
              />
            </Card>
          </Section>
          <Section title={t('limits.title')} description={t('limits.text')}>
            {/* Begins anew with what the server has. */}
            <LimitsForm key={JSON.stringify(data.limits)} limits={data.limits} defaults={data.defaults} />
          </Section>
          <NeverCallList />
        </>
      )}
    </CallsPage>
  )
}

function LimitsForm({ limits, defaults }: { limits: CallLimits; defaults: CallLimits }) {
  const { t } = useTranslation('calls')
  const [countries, setCountries] = useState(limits.countries.join(', '))
  const [numbers, setNumbers] = useState(() =>
    Object.fromEntries(NUMBERS.map(([name]) => [name, String(limits[name])])),
  )
  const save = useAct({
    act: (changes: Partial<CallLimits>) => callApi(setCallLimits, { body: changes }),
    invalidates: [keys.limits, keys.service],
    quiet: true,
    onDone: () => toast(t('limits.saved'), { tone: 'ok' }),
  })
  const { busy, sentence, onSubmit } = useForm(async () => {
    const changes = Object.fromEntries(NUMBERS.map(([name]) => [name, Number(numbers[name])])) as Partial<CallLimits>
    const codes = countries.split(/[\s,]+/).filter((code) => code !== '')
    await save.mutateAsync({ ...changes, countries: codes.map((code) => code.toUpperCase()) })
  })
  return (
    <Card padded>
      <form onSubmit={onSubmit} className="grid gap-4 sm:grid-cols-2">
        {sentence && (
          <div className="sm:col-span-2">
            <Notice tone="danger">{sentence}</Notice>
          </div>
        )}
        <Field label={t('limits.countries')} hint={t('limits.countriesHint')} className="sm:col-span-2">
          <Input value={countries} onChange={(event) => setCountries(event.target.value)} />
        </Field>
        {NUMBERS.map(([name, min, max]) => (
          <Field key={name} label={t(`limits.${name}`)} hint={t('limits.default', { value: defaults[name] })}>
            <Input
              type="number"
              required
              min={min}
              max={max}
              value={numbers[name] ?? ''}
              onChange={(event) => setNumbers({ ...numbers, [name]: event.target.value })}
            />
          </Field>
        ))}
        <div className="flex justify-end sm:col-span-2">
          <Button type="submit" kind="primary" busy={busy}>
            {t('limits.save')}
          </Button>
        </div>
      </form>
    </Card>
  )
}
