import { useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { updateProfile } from '#contracts/users.ts'
import { type Language, language, languages } from '@/app/i18n.ts'
import { callApi } from '@/lib/api.ts'
import { type Account, accountKey, useAccount } from '@/lib/account.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Field, Input, Select } from '@/ui/field.tsx'
import { Card } from '@/ui/page.tsx'
import { ErrorState, Loading, Skeleton } from '@/ui/states.tsx'
import { toast } from '@/ui/toast.tsx'
import { useForm } from '@/ui/use-form.ts'
import { AvatarEditor } from '../components/avatar-editor.tsx'
import { zoneOptions } from '../components/zones.ts'

/** Who one is: picture, name, address, clock, language. */
export function Page() {
  const { data: account, error, refetch } = useAccount()
  if (account) return <ProfileForm account={account} />
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  return (
    <Loading className="space-y-6">
      <div className="flex items-center gap-5">
        <Skeleton className="size-24 rounded-full" />
        <Skeleton className="h-9 w-32" />
      </div>
      <Skeleton className="h-64" />
    </Loading>
  )
}

function ProfileForm({ account }: { account: Account }) {
  const { t, i18n } = useTranslation('account')
  const client = useQueryClient()
  const [nickname, setNickname] = useState(account.nickname)
  const [email, setEmail] = useState(account.email)
  const [zone, setZone] = useState(account.time_zone)
  const [locale, setLocale] = useState<Language>(account.locale ?? language.get())
  const changed =
    nickname.trim() !== account.nickname ||
    email.trim() !== account.email ||
    zone !== account.time_zone ||
    locale !== (account.locale ?? language.get())
  const { busy, sentence, onSubmit } = useForm(async () => {
    const body = {
      nickname: nickname.trim(),
      time_zone: zone,
      locale,
      // Only a new address asks for a token.
      ...(email.trim() === account.email ? {} : { email: email.trim() }),
    }
    client.setQueryData(accountKey, await callApi(updateProfile, { body }))
    language.set(locale)
    toast(t('profile.saved'), { tone: 'ok' })
  })
  return (
    <div className="space-y-6">
      <AvatarEditor account={account} />
      <Card padded>
        <form onSubmit={onSubmit} className="grid gap-5 sm:grid-cols-2">
          {sentence && (
            <div className="sm:col-span-2">
              <Notice tone="danger">{sentence}</Notice>
            </div>
          )}
          <Field label={t('profile.nickname')} hint={t('profile.nicknameHint')}>
            <Input
              value={nickname}
              onChange={(event) => setNickname(event.target.value)}
              maxLength={100}
              autoComplete="name"
            />
          </Field>
          <Field label={t('profile.username')} hint={t('profile.usernameHint')}>
            <Input value={account.username} disabled />
          </Field>
          <Field label={t('profile.email')} hint={t('profile.emailHint')} className="sm:col-span-2">
            <Input
              type="email"
              value={email}
              onChange={(event) => setEmail(event.target.value)}
              maxLength={254}
              required
              autoComplete="email"
            />
          </Field>
          <Field label={t('profile.language')}>
            <Select value={locale} options={languages} onValue={(value) => setLocale(value as Language)} />
          </Field>
          <Field label={t('profile.zone')} hint={t('profile.zoneHint')}>
            <Select value={zone} options={zoneOptions(zone, i18n.language)} onValue={setZone} />
          </Field>
          <div className="flex justify-end sm:col-span-2">
            <Button type="submit" kind="primary" busy={busy} disabled={!changed}>
              {t('profile.save')}
            </Button>
          </div>
        </form>
      </Card>
    </div>
  )
}
