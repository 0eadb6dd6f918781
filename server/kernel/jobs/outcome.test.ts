import { expect, test } from 'vitest'
import { Fault } from '#kernel/fault.ts'
import { outcomeOfFailure, stopping } from './outcome.ts'

const limits = { attempts: 3, retryDelayMs: 1_000 }

test('an unexpected error is tried again, later each time, and fails at last', () => {
  const error = { code: 'jobs.crashed', message: 'boom' }
  expect(outcomeOfFailure(new Error('boom'), limits, 1)).toEqual({ state: 'queued', error, inMs: 1_000, counted: true })
  expect(outcomeOfFailure(new Error('boom'), limits, 2)).toEqual({ state: 'queued', error, inMs: 2_000, counted: true })
  expect(outcomeOfFailure(new Error('boom'), limits, 3)).toEqual({ state: 'failed', error })
})

test('a fault that time may cure is tried again, one that it cannot fails at once', () => {
  expect(outcomeOfFailure(new Fault('busy', 'x.busy', 'wait'), limits, 1).state).toBe('queued')
  expect(outcomeOfFailure(new Fault('invalid', 'x.bad', 'no such file'), limits, 1)).toEqual({
    state: 'failed',
    error: { code: 'x.bad', message: 'no such file' },
  })
})

test('a stop of the server is not the job’s fault', () => {
  expect(outcomeOfFailure(stopping(), limits, 3)).toEqual({ state: 'queued', error: null, inMs: 0, counted: false })
})

test('the wait has an end', () => {
  expect(outcomeOfFailure(new Error('x'), { attempts: 50, retryDelayMs: 5_000 }, 40)).toMatchObject({ inMs: 3_600_000 })
})
