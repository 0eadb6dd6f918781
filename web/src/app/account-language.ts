import { useEffect } from 'react'
import { updateProfile } from '#contracts/users.ts'
import { type Account, accountKey } from '@/lib/account.ts'
import { callApi } from '@/lib/api.ts'
import { currentSession } from '@/lib/session.ts'
import { type Language, language } from './i18n.ts'
import { queryClient } from './query.ts'

/** Changes the language here at once, and on the account so that mails and other devices follow; the latter may fail silently. */
export function chooseLanguage(chosen: Language): void {
  language.set(chosen)
  if (!currentSession()) return
  callApi(updateProfile, { body: { locale: chosen } }).then(
    (account) => queryClient.setQueryData(accountKey, account),
    () => undefined,
  )
}

/** In a browser where no language was chosen yet, takes the account's. */
export function useAccountLanguage(account: Account | undefined): void {
  const locale = account?.locale
  useEffect(() => {
    if (locale && !language.chosen()) language.set(locale)
  }, [locale])
}
