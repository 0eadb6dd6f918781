import { useSyncExternalStore } from 'react'

/** What a signed-in browser keeps. */
export interface Session {
  accessToken: string
  refreshToken: string
  /** When the access token runs out, ms since 1970 by this device's clock. */
  expiresAt: number
}

/** Why nobody is signed in any more; the sign-in page says it. */
export type SignOutReason = 'chosen' | 'expired'

const key = 'confab.session'
const listeners = new Set<(reason: SignOutReason) => void>()
let cached: { text: string | null; session: Session | null } = { text: null, session: null }

function read(): Session | null {
  const text = localStorage.getItem(key)
  if (text !== cached.text) {
    let session: Session | null = null
    try {
      session = text ? (JSON.parse(text) as Session) : null
    } catch {
      session = null
    }
    cached = { text, session }
  }
  return cached.session
}

/** The session of this browser, as another tab may just have left it. */
export function currentSession(): Session | null {
  return read()
}

/** Keeps new tokens; every tab sees them. */
export function saveSession(tokens: { access_token: string; refresh_token: string; expires_in: number }): void {
  const session: Session = {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    expiresAt: Date.now() + tokens.expires_in * 1000,
  }
  localStorage.setItem(key, JSON.stringify(session))
  notify('chosen')
}

/** Forgets the tokens, here and (by the storage event) in every other tab. */
export function clearSession(reason: SignOutReason): void {
  if (read() === null) return
  localStorage.removeItem(key)
  notify(reason)
}

function notify(reason: SignOutReason): void {
  for (const listener of listeners) listener(reason)
}

/** Called after every change of the session, this tab's or another's. Answers the way to stop. */
export function onSessionChange(listener: (reason: SignOutReason) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Whether somebody is signed in; renders again when that changes. */
export function useSignedIn(): boolean {
  return useSyncExternalStore(onSessionChange, () => read() !== null)
}

if (typeof window !== 'undefined') {
  window.addEventListener('storage', (event) => {
    if (event.key === key || event.key === null) notify('chosen')
  })
}
