import type { Browser } from './browser.ts'

/** Somebody with an account and their tokens, as document 5's login gives them. */
export interface Somebody {
  readonly userId: number
  readonly username: string
  readonly nickname: string
  readonly tokens: { access_token: string; refresh_token: string; expires_in: number }
}

/** Of everybody who signs up here. */
export const PASSWORD = 'correct horse battery'

/** Calls a route of document 5 and answers its `data`; anything but success is an error of the test. */
export async function call<Data>(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<Data> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  })
  const answer = (await response.json()) as { code: number; message: string; data: Data }
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.message}`)
  return answer.data
}

/** Signs somebody up and in over the API. */
export async function signUp(url: string, username: string, nickname: string): Promise<Somebody> {
  const user = await call<{ user_id: number }>(url, 'POST', '/api/v1/auth/register', {
    username,
    email: `${username}@example.com`,
    password: PASSWORD,
    nickname,
  })
  const tokens = await call<Somebody['tokens']>(url, 'POST', '/api/v1/auth/login', { username, password: PASSWORD })
  return { userId: user.user_id, username, nickname, tokens }
}

/** Three pictures of 720p each would be more than the machines of the tests can encode. */
export const MEDIA_CHOICES = JSON.stringify({ cameraQuality: 'low' })

/** Puts somebody's session into a browser, as signing in would, and their language. */
export async function signIn(browser: Browser, url: string, somebody: Somebody, language = 'en'): Promise<void> {
  const { page } = browser
  await page.goto(`${url}/sign-in`)
  await page.evaluate(
    ([tokens, chosen, media]) => {
      const session = {
        accessToken: tokens.access_token,
        refreshToken: tokens.refresh_token,
        expiresAt: Date.now() + tokens.expires_in * 1000,
      }
      localStorage.setItem('confab.language', chosen)
      localStorage.setItem('confab.session', JSON.stringify(session))
      localStorage.setItem('confab.meetings.media', media)
    },
    [somebody.tokens, language, MEDIA_CHOICES] as const,
  )
}
