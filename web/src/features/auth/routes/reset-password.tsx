import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { resetPassword } from '#contracts/auth.ts'
import { callApi } from '@/lib/api.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button, LinkButton } from '@/ui/button.tsx'
import { Field, PasswordInput } from '@/ui/field.tsx'
import { useForm } from '@/ui/use-form.ts'
import { AuthPage, textLink } from '../components/auth-page.tsx'

/** Chooses a new password with the token of the mailed link. */
export function Page() {
  const { t } = useTranslation('auth')
  const search: { token?: unknown } = useSearch({ strict: false })
  const token = typeof search.token === 'string' || typeof search.token === 'number' ? String(search.token) : ''
  const [password, setPassword] = useState('')
  const [done, setDone] = useState(false)
  const { busy, sentence, onSubmit } = useForm(async () => {
    await callApi(resetPassword, { body: { token, new_password: password } })
    setDone(true)
  })
  const again = (
    <Link to="/forgot-password" className={textLink}>
      {t('reset.newLink')}
    </Link>
  )
  return (
    <AuthPage title={t('reset.title')} lead={done ? undefined : t('reset.lead')} foot={done ? undefined : again}>
      {done ? (
        <div className="grid gap-4">
          <Notice tone="ok">{t('reset.done')}</Notice>
          <LinkButton kind="primary" size="lg" to="/sign-in">
            {t('signIn.action')}
          </LinkButton>
        </div>
      ) : token === '' ? (
        <Notice tone="danger">{t('reset.noToken')}</Notice>
      ) : (
        <form onSubmit={onSubmit} className="grid gap-4">
          {sentence && <Notice tone="danger">{sentence}</Notice>}
          <Field label={t('field.newPassword')} hint={t('field.passwordHint')}>
            <PasswordInput
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              autoComplete="new-password"
              minLength={6}
              maxLength={100}
              required
              autoFocus
            />
          </Field>
          <Button type="submit" kind="primary" size="lg" busy={busy} className="w-full">
            {t('reset.action')}
          </Button>
        </form>
      )}
    </AuthPage>
  )
}
