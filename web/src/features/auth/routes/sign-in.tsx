import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Field, Input, PasswordInput } from '@/ui/field.tsx'
import { useForm } from '@/ui/use-form.ts'
import { AuthPage, textLink } from '../components/auth-page.tsx'
import { useSignIn } from '../components/sign-in-session.ts'

/** Sign in. */
export function Page() {
  const { t } = useTranslation('auth')
  const search: { why?: string; next?: string } = useSearch({ strict: false })
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useSignIn()
  const { busy, sentence, onSubmit } = useForm(() => signIn(username.trim(), password))
  return (
    <AuthPage
      title={t('signIn.title')}
      lead={t('signIn.lead')}
      foot={
        <>
          {t('signIn.noAccount')}{' '}
          <Link to="/sign-up" search={search.next ? { next: search.next } : {}} className={textLink}>
            {t('signUp.link')}
          </Link>
        </>
      }
    >
      <form onSubmit={onSubmit} className="grid gap-4">
        {sentence ? (
          <Notice tone="danger">{sentence}</Notice>
        ) : (
          search.why === 'expired' && <Notice tone="warn">{t('signIn.expired')}</Notice>
        )}
        <Field label={t('field.identifier')}>
          <Input
            value={username}
            onChange={(event) => setUsername(event.target.value)}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            autoFocus
          />
        </Field>
        <Field
          label={t('field.password')}
          aside={
            <Link to="/forgot-password" className={textLink}>
              {t('forgot.link')}
            </Link>
          }
        >
          <PasswordInput
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            autoComplete="current-password"
            required
          />
        </Field>
        <Button type="submit" kind="primary" size="lg" busy={busy} className="w-full">
          {t('signIn.action')}
        </Button>
      </form>
    </AuthPage>
  )
}
