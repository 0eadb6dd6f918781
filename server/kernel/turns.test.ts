import { expect, test } from 'vitest'
import { Fault } from './fault.ts'
import { createTurns } from './turns.ts'

test('so many run, so many wait in order, the rest is told to come back', async () => {
  const inTurn = createTurns({ concurrency: 2, mostWaiting: 1, full: () => new Fault('busy', 'test.full', 'full') })
  const gates = [0, 1, 2].map(() => Promise.withResolvers<void>())
  const begun: number[] = []
  const work = [0, 1, 2].map((number) =>
    inTurn(async () => {
      begun.push(number)
      await gates[number]?.promise
      return number
    }),
  )
  expect(begun).toEqual([0, 1])
  await expect(inTurn(async () => 3)).rejects.toMatchObject({ code: 'test.full' })
  gates[0]?.resolve()
  expect(await work[0]).toBe(0)
  gates[1]?.resolve()
  gates[2]?.resolve()
  expect(await Promise.all(work)).toEqual([0, 1, 2])
  expect(begun).toEqual([0, 1, 2])
})

test('work that fails gives its place on', async () => {
  const inTurn = createTurns({ concurrency: 1, mostWaiting: 5, full: () => new Fault('busy', 'test.full', 'full') })
  const failing = inTurn(() => Promise.reject(new Error('no')))
  const next = inTurn(async () => 'yes')
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('yes')
})
