import { clearSession, currentSession } from './session.ts'

/** Ends this session on the server (best effort) and forgets it in every tab, whether the server could be reached or not. */
export async function signOut(): Promise<void> {
  const session = currentSession()
  clearSession('chosen')
  if (!session) return
  await fetch('/api/auth/logout', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ refreshToken: session.refreshToken }),
    signal: AbortSignal.timeout(5000),
    keepalive: true,
  }).catch(() => undefined)
}
