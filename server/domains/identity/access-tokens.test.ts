import { createSigner } from 'fast-jwt'
import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { ACCESS_SECONDS, createAccessTokens } from './access-tokens.ts'

const key = Buffer.alloc(32, 7)
const clock = { time: Date.UTC(2026, 10, 21), now: () => clock.time }
const tokens = createAccessTokens({ key, clock })
const claims = { accountId: 5, sessionId: '66f4d2f2-5a93-431e-9b57-84105f1189a8' }

const refusal = (token: string): unknown => {
  try {
    return tokens.read(token)
  } catch (error) {
    return (error as { code: string }).code
  }
}
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

test('a token says whose session it is, for twelve hours', () => {
  const token = tokens.sign(claims)
  expect(tokens.read(token)).toEqual(claims)
  const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
  const iat = clock.time / 1000
  expect(payload).toMatchObject({ sub: '5', sid: claims.sessionId, iat, exp: iat + 43_200 })
  expect(payload['jti']).toEqual(expect.any(String))
  expect(tokens.sign(claims)).not.toBe(token)
})

test('it expires to the second', () => {
  const token = tokens.sign(claims)
  const before = clock.time
  clock.time = before + ACCESS_SECONDS * 1000 - 1
  expect(tokens.read(token)).toEqual(claims)
  clock.time = before + ACCESS_SECONDS * 1000
  expect(refusal(token)).toBe('auth.expired')
  clock.time = before
})

test('a forged one is refused, also when it claims another algorithm', () => {
  const good = tokens.sign(claims)
  const [header = '', payload = '', signature = ''] = good.split('.')
  const exp = Math.floor(clock.time / 1000) + 1000
  const body = part({ sub: '5', sid: claims.sessionId, exp })
  const hs512 = `${part({ alg: 'HS512', typ: 'JWT' })}.${body}`
  for (const forged of [
    '',
    'x',
    'a.b.c',
    `${header}.${payload}.`,
    `${header}.${payload}`,
    `${header}.${part({ sub: '1', sid: claims.sessionId, exp })}.${signature}`,
    `${part({ alg: 'none', typ: 'JWT' })}.${body}.`,
    `${part({ alg: 'none', typ: 'JWT' })}.${payload}.${signature}`,
    `${hs512}.${createHmac('sha512', key).update(hs512).digest('base64url')}`,
    createSigner({ key: Buffer.alloc(32, 8), algorithm: 'HS256' })({ sub: '5', sid: claims.sessionId, exp }),
    createSigner({ key, algorithm: 'HS256' })({ sub: 'x', sid: claims.sessionId, exp }),
    createSigner({ key, algorithm: 'HS256' })({ sub: '5', exp }),
    createSigner({ key, algorithm: 'HS256' })({ sub: '5', sid: claims.sessionId }),
    'a'.repeat(100_000),
  ]) {
    expect(refusal(forged), forged.slice(0, 80)).toBe('auth.invalid')
  }
})
