import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changePassword } from '#contracts/users.ts'
import { ApiError } from '@/lib/api-error.ts'
import { callApi } from '@/lib/api.ts'
import { useAccount } from '@/lib/account.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Field, PasswordInput } from '@/ui/field.tsx'
import { Card } from '@/ui/page.tsx'
import { toast } from '@/ui/toast.tsx'
import { useForm } from '@/ui/use-form.ts'
import { sessionsKey } from './sessions.tsx'

/** A new password in place of the old; every other session ends. */
export function PasswordForm() {
  const { t } = useTranslation('account')
  const client = useQueryClient()
  const { data: account } = useAccount()
  const [old, setOld] = useState('')
  const [fresh, setFresh] = useState('')
  const { busy, error, sentence, onSubmit } = useForm(async () => {
    await callApi(changePassword, { body: { old_password: old, new_password: fresh } })
    setOld('')
    setFresh('')
    toast(t('password.saved'), { tone: 'ok' })
    await client.invalidateQueries({ queryKey: sessionsKey })
  })
  const wrong = error instanceof ApiError && error.code === 1004
  return (
    <Card padded>
      <form onSubmit={onSubmit} className="grid gap-5 sm:grid-cols-2">
        {sentence && !wrong && (
          <div className="sm:col-span-2">
            <Notice tone="danger">{sentence}</Notice>
          </div>
        )}
        {/* Password managers look for the name beside the secret. */}
        <input type="text" value={account?.username ?? ''} autoComplete="username" readOnly hidden />
        <Field label={t('password.old')} error={wrong && t('password.wrong')}>
          <PasswordInput
            value={old}
            onChange={(event) => setOld(event.target.value)}
            autoComplete="current-password"
            required
          />
        </Field>
        <Field label={t('password.new')} hint={t('password.hint')}>
          <PasswordInput
            value={fresh}
            onChange={(event) => setFresh(event.target.value)}
            autoComplete="new-password"
            minLength={6}
            maxLength={100}
            required
          />
        </Field>
        <div className="flex justify-end sm:col-span-2">
          <Button type="submit" kind="primary" busy={busy}>
            {t('password.action')}
          </Button>
        </div>
      </form>
    </Card>
  )
}
