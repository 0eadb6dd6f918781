import { hash } from '@node-rs/argon2'
import { describe, expect, test } from 'vitest'
import { checkPassword, createPasswords } from './passwords.ts'

const code = (password: string): string | undefined => {
  try {
    checkPassword(password)
  } catch (error) {
    return (error as { code: string }).code
  }
}

test('a password has 6 to 100 characters, as people count them', () => {
  expect(code('12345')).toBe('accounts.password-short')
  expect(code('123456')).toBeUndefined()
  expect(code('😀😀😀😀😀')).toBe('accounts.password-short')
  expect(code('😀'.repeat(100))).toBeUndefined()
  expect(code('x'.repeat(101))).toBe('accounts.password-long')
  expect(code('x'.repeat(100_000))).toBe('accounts.password-long')
})

describe('a password', () => {
  const passwords = createPasswords()

  test('is known again by its hash, which is argon2id with today’s parameters', async () => {
    const hashed = await passwords.hash('correct horse')
    expect(hashed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await passwords.verify(hashed, 'correct horse')).toBe(true)
    expect(await passwords.verify(hashed, 'correct horsf')).toBe(false)
    expect(passwords.isOutdated(hashed)).toBe(false)
  })

  test('typed with other code points for the same characters is the same', async () => {
    const hashed = await passwords.hash('pásswörd１')
    expect(await passwords.verify(hashed, 'pa\u0301sswo\u0308rd1')).toBe(true)
  })

  test('hashed with fewer passes is outdated', async () => {
    expect(passwords.isOutdated(await hash('old', { timeCost: 1 }))).toBe(true)
  })

  test('of nobody is wrong, and an emptied one too', async () => {
    expect(await passwords.verify(undefined, 'anything')).toBe(false)
    expect(await passwords.verify(undefined, '\0 nobody')).toBe(false)
    expect(await passwords.verify('', '\0 nobody')).toBe(false)
  })

  test('of nobody takes as long as a wrong one', async () => {
    const hashed = await passwords.hash('correct horse')
    await passwords.verify(undefined, 'warm up')
    const median = async (of: string | undefined): Promise<number> => {
      const times: number[] = []
      for (let i = 0; i < 9; i++) {
        const started = performance.now()
        await passwords.verify(of, 'wrong one')
        times.push(performance.now() - started)
      }
      return times.toSorted((a, b) => a - b)[4] ?? 0
    }
    const [known, unknown] = [await median(hashed), await median(undefined)]
    expect(Math.max(known, unknown) / Math.min(known, unknown)).toBeLessThan(3)
  })
})

test('more at once than there is room for are told to come back', async () => {
  const passwords = createPasswords({ concurrency: 1, mostWaiting: 2 })
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => passwords.hash('correct horse')))
  expect(results.map(({ status }) => status).toSorted()).toEqual([
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
  ])
  const refused = results.find((result) => result.status === 'rejected')
  expect(refused?.reason).toMatchObject({ kind: 'busy', code: 'auth.busy', data: { retryAfterSeconds: 2 } })
  // The places were handed on: there is room again.
  await expect(passwords.hash('correct horse')).resolves.toContain('argon2id')
})
