import type { TestApp } from './app.ts'

/** An answer of a document 4 route. */
export interface Answer {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look at what came, whatever it is
  readonly body: any
}

/** Somebody signed in, calling routes as a client of document 4 does. */
export interface Client {
  readonly id: number
  readonly token: string
  call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: unknown): Promise<Answer>
}

let next = 0

/** Calls a route as `token`, or as nobody. */
export async function call(
  app: TestApp,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  payload?: unknown,
  token?: string,
): Promise<Answer> {
  const answer = await app.http.inject({
    method,
    url,
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
    ...(payload !== undefined && { payload: payload as object }),
  })
  return {
    status: answer.statusCode,
    body: answer.headers['content-type']?.includes('json') ? answer.json() : answer.body,
  }
}

/** Registers an account by document 4. The first of an installation is its admin. */
export async function newClient(app: TestApp, name = 'client'): Promise<Client> {
  const account = `${name}${++next}`
  const { body } = await call(app, 'POST', '/api/auth/register', {
    email: `${account}@example.com`,
    username: account,
    account,
    password: 'password123',
    passwordChk: 'password123',
  })
  const { user, token } = body.data as { user: { id: number }; token: string }
  return { id: user.id, token, call: (method, url, payload) => call(app, method, url, payload, token) }
}
