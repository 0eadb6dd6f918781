import { expect, test } from 'vitest'
import { Fault } from '#kernel/fault.ts'
import { faults } from '../faults.ts'
import type { RemoteNode, Roster } from './roster.ts'
import { createSpread } from './spread.ts'
import type { NodeClient } from './spread.ts'

const never = new AbortController().signal
const WORK = { task: { do: 'classify' }, input: '/input', output: undefined, signal: never } as const

/** Nodes with so much to do, each with a queue of 4; `answers` are what asking them does. */
function nodesWith(active: Record<string, number>, answers: Record<string, () => unknown> = {}) {
  const asked: string[] = []
  const suspected: string[] = []
  const roster = {
    ableTo: async () =>
      Object.entries(active)
        .filter(([id]) => !suspected.includes(id))
        .map(([id, load]) => ({ id, active: load, report: { queue_limit: 4 } }) as unknown as RemoteNode),
    send: () => ({ signal: new AbortController().signal, done: () => {} }),
    suspect: (id: string) => void suspected.push(id),
  } as unknown as Roster
  const client = {
    run: async ({ id }: RemoteNode) => {
      asked.push(id)
      return await Promise.resolve(answers[id]?.() ?? id)
    },
  } as unknown as NodeClient
  const run = (here: number | undefined): Promise<unknown> =>
    createSpread({ roster, client, isUsedHere: here !== undefined, limitHere: 4 }).run('model', WORK, {
      active: here ?? 0,
      run: async () => 'here',
    })
  return { run, asked, suspected }
}

const dies = (id: string) => () => Promise.reject(faults.nodeFailed(id, 'it died'))
const isBusy = () => Promise.reject(new Fault('busy', 'ai.busy', 'full'))

test.each([
  ['this machine among equals', { a: 1, b: 1 }, 1, 'here'],
  ['the node with least to do', { a: 3, b: 1 }, 2, 'b'],
  ['this machine where it has least', { a: 3, b: 2 }, 1, 'here'],
  ['a node where this machine is full', { a: 3 }, 4, 'a'],
  ['a node where nothing is done here', { a: 3, b: 2 }, undefined, 'b'],
])('a request goes to %s', async (_who, active, here, expected) => {
  expect(await nodesWith(active).run(here)).toBe(expected)
})

test('what a node that dies had goes to another one, once', async () => {
  const two = nodesWith({ a: 0, b: 1 }, { a: dies('a') })
  expect(await two.run(undefined)).toBe('b')
  expect(two).toMatchObject({ asked: ['a', 'b'], suspected: ['a'] })
  const three = nodesWith({ a: 0, b: 1, c: 2 }, { a: dies('a'), b: dies('b') })
  await expect(three.run(undefined)).rejects.toMatchObject({ code: 'ai.node-failed', data: { id: 'b' } })
  expect(three.asked).toEqual(['a', 'b'])
  const last = nodesWith({ a: 0 }, { a: dies('a') })
  expect(await last.run(1)).toBe('here')
})

test('one that turned out to be full is passed over; a fault of the model is an answer', async () => {
  const full = nodesWith({ a: 0, b: 1, c: 2 }, { a: isBusy, b: isBusy })
  expect(await full.run(undefined)).toBe('c')
  expect(full.suspected).toEqual([])
  const broken = nodesWith(
    { a: 0, b: 1 },
    { a: () => Promise.reject(new Fault('unavailable', 'ai.model-failed', 'x')) },
  )
  await expect(broken.run(undefined)).rejects.toMatchObject({ code: 'ai.model-failed' })
  expect(broken.asked).toEqual(['a'])
})

test('when all are full, or none is there, it says so', async () => {
  await expect(nodesWith({ a: 4, b: 4 }).run(4)).rejects.toMatchObject({ code: 'ai.busy' })
  await expect(nodesWith({ a: 4 }).run(undefined)).rejects.toMatchObject({ code: 'ai.busy' })
  await expect(nodesWith({}).run(undefined)).rejects.toMatchObject({ code: 'ai.no-node' })
})
