import { expect, test } from 'vitest'
import { createChain, createKeyedSerial } from './serial.ts'

test('work on one key waits its turn, also after a failure; other keys do not wait', async () => {
  const serial = createKeyedSerial<string>()
  const seen: string[] = []
  let release = (): void => {}
  const gate = new Promise<void>((resolve) => (release = resolve))
  const first = serial.run('a', async () => {
    await gate
    seen.push('a1')
    throw new Error('failed')
  })
  const second = serial.run('a', async () => void seen.push('a2'))
  await serial.run('b', async () => void seen.push('b'))
  release()
  await expect(first).rejects.toThrow('failed')
  await second
  expect(seen).toEqual(['b', 'a1', 'a2'])
})

test('a chain takes so much and no more, and tells what failed', async () => {
  const failures: unknown[] = []
  const chain = createChain(2, (error) => failures.push(error))
  expect(chain.add(() => Promise.reject(new Error('one')))).toBe(true)
  expect(chain.add(async () => {})).toBe(true)
  expect(chain.add(async () => {})).toBe(false)
  await chain.idle()
  expect(failures).toHaveLength(1)
  expect(chain.add(async () => {})).toBe(true)
})
