import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { forgotPassword } from '#contracts/auth.ts'
import { callApi } from '@/lib/api.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Field, Input } from '@/ui/field.tsx'
import { useForm } from '@/ui/use-form.ts'
import { AuthPage, textLink } from '../components/auth-page.tsx'

/** Asks for the mail with the link. The answer is the same whether an account exists or not. */
export function Page() {
  const { t } = useTranslation('auth')
  const [email, setEmail] = useState('')
  const [sentTo, setSentTo] = useState<string>()
  const { busy, sentence, onSubmit } = useForm(async () => {
    await callApi(forgotPassword, { body: { email: email.trim() } })
    setSentTo(email.trim())
  })
  const back = (
    <Link to="/sign-in" className={textLink}>
      {t('backToSignIn')}
    </Link>
  )
  return (
    <AuthPage title={t('forgot.title')} lead={sentTo ? undefined : t('forgot.lead')} foot={back}>
      {sentTo ? (
        <div className="grid gap-4">
          <Notice tone="ok">{t('forgot.sent', { email: sentTo })}</Notice>
          <p className="text-ink-2">{t('forgot.sentHint')}</p>
          <Button onClick={() => setSentTo(undefined)}>{t('forgot.again')}</Button>
        </div>
      ) : (
        <form onSubmit={onSubmit} className="grid gap-4">
          {sentence && <Notice tone="danger">{sentence}</Notice>}
          <Field label={t('field.email')}>
            <Input
              type="email"
              value={email}
              onChange={(event) => setEmail(event.target.value)}
              autoComplete="email"
              required
              autoFocus
            />
          </Field>
          <Button type="submit" kind="primary" size="lg" busy={busy} className="w-full">
            {t('forgot.action')}
          </Button>
        </form>
      )}
    </AuthPage>
  )
}
