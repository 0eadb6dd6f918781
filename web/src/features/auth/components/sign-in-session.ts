import { useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { meetingsLogin } from '#contracts/auth.ts'
import { callApi } from '@/lib/api.ts'
import { saveSession } from '@/lib/session.ts'

/** Where one wanted to go before being asked who one is; only addresses of this app. */
export function useNext(): string {
  const search: { next?: unknown } = useSearch({ strict: false })
  const next = typeof search.next === 'string' ? search.next : '/'
  return /^\/(?![/\\])/.test(next) ? next : '/'
}

/** Signs in and goes where one wanted to go. */
export function useSignIn(): (username: string, password: string) => Promise<void> {
  const navigate = useNavigate()
  const router = useRouter()
  const next = useNext()
  return async (username, password) => {
    saveSession(await callApi(meetingsLogin, { body: { username, password } }))
    await router.invalidate()
    await navigate({ href: next, replace: true })
  }
}
