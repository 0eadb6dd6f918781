import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { meetingsRegister } from '#contracts/auth.ts'
import { language } from '@/app/i18n.ts'
import { callApi } from '@/lib/api.ts'
import { ApiError } from '@/lib/api-error.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Field, Input, PasswordInput } from '@/ui/field.tsx'
import { useForm } from '@/ui/use-form.ts'
import { AuthPage, textLink } from '../components/auth-page.tsx'
import { useSignIn } from '../components/sign-in-session.ts'

/** Create an account, then sign in with it. */
export function Page() {
  const { t } = useTranslation('auth')
  const search: { next?: string } = useSearch({ strict: false })
  const [fields, setFields] = useState({ username: '', nickname: '', email: '', password: '' })
  const set = (name: keyof typeof fields) => (event: { target: { value: string } }) =>
    setFields({ ...fields, [name]: event.target.value })
  const signIn = useSignIn()
  const { busy, error, sentence, onSubmit } = useForm(async () => {
    const nickname = fields.nickname.trim()
    const username = fields.username.trim()
    await callApi(meetingsRegister, {
      body: { username, email: fields.email.trim(), password: fields.password, ...(nickname ? { nickname } : {}) },
    })
    await signIn(username, fields.password, {
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      locale: language.get(),
    })
  })
  // Document 5's codes: the name is taken, the address is taken.
  const taken = error instanceof ApiError ? error.code : undefined
  return (
    <AuthPage
      title={t('signUp.title')}
      lead={t('signUp.lead')}
      foot={
        <>
          {t('signUp.hasAccount')}{' '}
          <Link to="/sign-in" search={search.next ? { next: search.next } : {}} className={textLink}>
            {t('signIn.link')}
          </Link>
        </>
      }
    >
      <form onSubmit={onSubmit} className="grid gap-4">
        {sentence && taken !== 1001 && taken !== 1002 && <Notice tone="danger">{sentence}</Notice>}
        <Field label={t('field.nickname')} aside={t('field.optional')} hint={t('field.nicknameHint')}>
          <Input value={fields.nickname} onChange={set('nickname')} autoComplete="name" maxLength={100} autoFocus />
        </Field>
        <Field label={t('field.username')} hint={t('field.usernameHint')} error={taken === 1001 && sentence}>
          <Input
            value={fields.username}
            onChange={set('username')}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            minLength={3}
            maxLength={50}
            required
          />
        </Field>
        <Field label={t('field.email')} error={taken === 1002 && sentence}>
          <Input
            type="email"
            value={fields.email}
            onChange={set('email')}
            autoComplete="email"
            maxLength={254}
            required
          />
        </Field>
        <Field label={t('field.password')} hint={t('field.passwordHint')}>
          <PasswordInput
            value={fields.password}
            onChange={set('password')}
            autoComplete="new-password"
            minLength={6}
            maxLength={100}
            required
          />
        </Field>
        <Button type="submit" kind="primary" size="lg" busy={busy} className="w-full">
          {t('signUp.action')}
        </Button>
      </form>
    </AuthPage>
  )
}
