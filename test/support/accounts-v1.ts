import { expect } from 'vitest'
import { call } from './accounts-client.ts'
import type { Answer, Sender } from './accounts-client.ts'
import type { TestApp } from './app.ts'

/** A time as document 5 shows it. */
export const TIME: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)

const envelope = (code: number, message: unknown, data: unknown) => ({
  code,
  message,
  data,
  timestamp: TIME,
  request_id: expect.stringMatching(/^[\w-]{8,64}$/) as unknown,
})

/** Document 5's envelope of a success. */
export const success = (data: unknown, code = 200): object => envelope(code, 'Success', data)

/** That an answer is this failure, in document 5's envelope. */
export function expectFailure(
  answer: Answer,
  status: number,
  code: number,
  message: unknown = expect.any(String),
): void {
  expect({ status: answer.status, body: answer.body }).toEqual({ status, body: envelope(code, message, null) })
  expect(answer.body.request_id).toBe(answer.headers['x-request-id'])
}

/** Somebody signed in by document 5. */
export interface Person {
  readonly name: string
  readonly email: string
  readonly id: number
  readonly token: string
  readonly refresh: string
}

/** The password of everybody here. */
export const password = 'password123'

let made = 0

/** Registers somebody and signs them in. */
export async function newPerson(app: Pick<TestApp, 'http'>): Promise<Person> {
  const name = `person${++made}`
  const email = `${name}@example.com`
  await call(app, 'POST /api/v1/auth/register', { username: name, email, password })
  const { data } = (await call(app, 'POST /api/v1/auth/login', { username: name, password })).body
  return { name, email, id: data.user.user_id, token: data.token, refresh: data.refresh_token }
}

/** Sends as somebody. */
export const as = (person: { readonly token: string }): Sender => ({ bearer: person.token })

/** What somebody gets who shows this token. */
export const statusOf = async (app: Pick<TestApp, 'http'>, token: string): Promise<number> =>
  (await call(app, 'GET /api/v1/users/profile', undefined, { bearer: token })).status
