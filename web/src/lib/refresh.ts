import { ApiError, NetworkError } from './api-error.ts'
import { type Session, clearSession, currentSession, saveSession } from './session.ts'

let underWay: Promise<Session | null> | undefined

/** A session whose access token still has a minute, refreshed if need be; null when nobody is signed in. */
export async function freshSession(): Promise<Session | null> {
  const session = currentSession()
  if (!session) return null
  return session.expiresAt - Date.now() > 60_000 ? session : refreshSession(session.accessToken)
}

/**
 * Exchanges the refresh token for new tokens, once for however many calls and tabs ask at the same time: a lock shared by
 * the tabs, and whoever gets it second finds the first one's tokens. `stale` is the access token that was refused.
 * Answers null, and forgets the session, when the server refuses; throws NetworkError when it cannot be reached.
 */
export function refreshSession(stale: string): Promise<Session | null> {
  underWay ??= exclusively(stale, () => exchange(stale)).finally(() => {
    underWay = undefined
  })
  return underWay
}

/** What another tab wrote may come later than its lock goes: each has a copy of the storage of its own. */
const HEARD_WITHIN_MS = 2_000

async function exclusively<T>(stale: string, work: () => Promise<T>): Promise<T> {
  // Absent on a page served without TLS from elsewhere than localhost: there the server's 10 s grace covers two tabs.
  if (!navigator.locks) return work()
  const name = 'confab-refresh'
  const first = await navigator.locks.request(name, { ifAvailable: true }, async (lock) =>
    lock ? { result: await work() } : undefined,
  )
  if (first) return first.result
  return navigator.locks.request(name, async () => {
    await changeElsewhere(stale)
    return work()
  })
}

/** Waits until another tab's tokens, or their end, have come to this one. */
function changeElsewhere(stale: string): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      window.removeEventListener('storage', look)
      resolve()
    }
    // Other things are kept there too, and told of by the same event.
    const look = (): void => {
      if (currentSession()?.accessToken !== stale) done()
    }
    const timer = setTimeout(done, HEARD_WITHIN_MS)
    window.addEventListener('storage', look)
    look()
  })
}

async function exchange(stale: string): Promise<Session | null> {
  const session = currentSession()
  if (!session || session.accessToken !== stale) return session
  let response: Response
  try {
    response = await fetch('/api/v1/auth/refresh', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ refresh_token: session.refreshToken }),
      signal: AbortSignal.timeout(15_000),
    })
  } catch (cause) {
    throw new NetworkError(cause instanceof DOMException && cause.name === 'TimeoutError', cause)
  }
  if (response.status === 401 || response.status === 403 || response.status === 400) {
    clearSession('expired')
    return null
  }
  if (!response.ok) throw new ApiError(response.status, response.status, response.statusText)
  const { data } = (await response.json()) as { data: Parameters<typeof saveSession>[0] }
  saveSession(data)
  return currentSession()
}
