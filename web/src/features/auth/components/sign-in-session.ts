import { useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { meetingsLogin } from '#contracts/auth.ts'
import { updateProfile } from '#contracts/users.ts'
import type { Language } from '@/app/i18n.ts'
import { callApi } from '@/lib/api.ts'
import { saveSession } from '@/lib/session.ts'

/** Where one wanted to go before being asked who one is; only addresses of this app. */
export function useNext(): string {
  const search: { next?: unknown } = useSearch({ strict: false })
  const next = typeof search.next === 'string' ? search.next : '/'
  return /^\/(?![/\\])/.test(next) ? next : '/'
}

/** What a new account learns from the device it was made on. */
interface FirstSettings {
  time_zone: string
  locale: Language
}

/** Signs in, gives a new account its `first` settings, and goes where one wanted to go. */
export function useSignIn(): (username: string, password: string, first?: FirstSettings) => Promise<void> {
  const navigate = useNavigate()
  const router = useRouter()
  const next = useNext()
  return async (username, password, first) => {
    saveSession(await callApi(meetingsLogin, { body: { username, password } }))
    if (first) await callApi(updateProfile, { body: { ...first } }).catch(() => undefined)
    await router.invalidate()
    await navigate({ href: next, replace: true })
  }
}
