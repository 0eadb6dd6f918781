import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { describeError } from '@/lib/describe-error.ts'

/** Runs a form: one send at a time, the browser's own checks first, and the sentence of what went wrong. */
export function useForm(send: () => Promise<void>) {
  const { t } = useTranslation('common')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setError(undefined)
    send()
      .catch(setError)
      .finally(() => setBusy(false))
  }
  return { busy, error, sentence: error === undefined ? undefined : describeError(error, t).sentence, onSubmit }
}
