import type { TestApp } from './app.ts'

/** An account signed in on a test app. */
export interface SignedIn {
  readonly id: number
  readonly token: string
  readonly headers: { readonly authorization: string }
}

/** Registers an account and signs it in. The first one of an app is its admin. */
export async function signUp(app: Pick<TestApp, 'http'>, name: string): Promise<SignedIn> {
  const payload = { username: name, email: `${name}@example.com`, password: 'password123' }
  const registered = await app.http.inject({ method: 'POST', url: '/api/v1/auth/register', payload })
  const login = await app.http.inject({ method: 'POST', url: '/api/v1/auth/login', payload })
  if (login.statusCode !== 200) throw new Error(`${name} cannot sign in: ${registered.payload} ${login.payload}`)
  const { data } = login.json<{ data: { token: string; user: { user_id: number } } }>()
  return { id: data.user.user_id, token: data.token, headers: { authorization: `Bearer ${data.token}` } }
}
