import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Sheet } from '@/ui/dialog.tsx'
import { Field, Input, TextArea } from '@/ui/field.tsx'
import { CallRefused, placeCall } from '../call-socket.ts'
import { useService } from '../queries.ts'

const MOST_LETTERS = 2000

/** Asks whom to call and what to say. */
export function PlaceSheet({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  // Begins anew each time it opens.
  return open ? <OpenSheet onOpenChange={onOpenChange} /> : null
}

function OpenSheet({ onOpenChange }: { onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation('calls')
  const navigate = useNavigate()
  const { data: service } = useService()
  // The same id however often it is sent, so that a lost answer makes no second call.
  const [callId] = useState(() => crypto.randomUUID())
  const [to, setTo] = useState('')
  const [message, setMessage] = useState('')
  const [keys, setKeys] = useState('')
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<{ code: string; message: string }>()
  const number = internationalNumber(to)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setRefused(undefined)
    placeCall({ callId, to: number, message: message.trim(), ...(keys === '' ? {} : { keys }) })
      .then(() => navigate({ to: `/calls/${callId}` }))
      .catch((error: unknown) => {
        setRefused(error instanceof CallRefused ? error : { code: 'unknown', message: '' })
      })
      .finally(() => setBusy(false))
  }

  return (
    <Sheet
      open
      onOpenChange={onOpenChange}
      title={t('place.title')}
      footer={
        <Button type="submit" form="call-form" kind="primary" icon="phone-call" busy={busy} className="max-sm:flex-1">
          {t('place.action')}
        </Button>
      }
    >
      <form id="call-form" onSubmit={submit} className="grid gap-5">
        {service && !service.enabled && <Notice tone="warn">{t('service.off')}</Notice>}
        {service?.enabled && service.carrier === null && <Notice tone="warn">{t('service.noCarrier')}</Notice>}
        {service?.carrier && service.voice === 'espeak-ng' && <Notice>{t('service.roughVoice')}</Notice>}
        {refused && (
          <Notice tone="danger">
            {t(`refused.${refused.code}`, { defaultValue: refused.message || t('refused.unknown') })}
          </Notice>
        )}
        <Field label={t('place.to')} hint={t('place.toHint')} required>
          <Input
            type="tel"
            inputMode="tel"
            autoComplete="tel"
            required
            maxLength={32}
            placeholder="+886912345678"
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
        </Field>
        <Field
          label={t('place.message')}
          hint={t('place.messageHint')}
          aside={`${message.length} / ${MOST_LETTERS}`}
          required
        >
          <TextArea
            rows={5}
            required
            maxLength={MOST_LETTERS}
            value={message}
            onChange={(event) => setMessage(event.target.value)}
          />
        </Field>
        <Field label={t('place.keys')} hint={t('place.keysHint')}>
          <Input
            inputMode="tel"
            pattern="[0-9*#,]{1,32}"
            value={keys}
            onChange={(event) => setKeys(event.target.value.trim())}
          />
        </Field>
        {service && (
          <p className="text-12 text-ink-3">
            {t('place.left', { left: Math.max(0, service.dailyPerAccount - service.usedToday) })}{' '}
            {service.quietFrom !== service.quietUntil &&
              t('place.quiet', { from: service.quietFrom, until: service.quietUntil })}
          </p>
        )}
      </form>
    </Sheet>
  )
}

/** What people write between digits is taken out; a Taiwanese number as it is dialled at home becomes international. */
function internationalNumber(text: string): string {
  const plain = text.replace(/[\s().-]/g, '')
  return /^0\d{8,9}$/.test(plain) ? `+886${plain.slice(1)}` : plain
}
