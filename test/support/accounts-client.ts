import type { TestApp } from './app.ts'

/** An answer as a test looks at it. */
export interface Answer {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever a document shows
  readonly body: any
  readonly headers: Readonly<Record<string, unknown>>
}

/** What a request may carry beside its body. */
export interface Sender {
  readonly bearer?: string | undefined
  readonly apiKey?: string | undefined
  /** The address it comes from; loopback where left out. */
  readonly address?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends one request to an app: `call(app, 'POST /api/auth/login', {…})`. */
export async function call(
  app: Pick<TestApp, 'http'>,
  route: string,
  payload?: unknown,
  from: Sender = {},
): Promise<Answer> {
  const [method = '', url = ''] = route.split(' ')
  const answer = await app.http.inject({
    method,
    url,
    remoteAddress: from.address ?? '127.0.0.1',
    headers: {
      ...(payload !== undefined && { 'content-type': 'application/json' }),
      ...(from.bearer !== undefined && { authorization: `Bearer ${from.bearer}` }),
      ...(from.apiKey !== undefined && { 'x-api-key': from.apiKey }),
      ...from.headers,
    },
    ...(payload !== undefined && { payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
  })
  const isJson = String(answer.headers['content-type']).startsWith('application/json')
  return { status: answer.statusCode, body: isJson ? answer.json() : answer.body, headers: answer.headers }
}
