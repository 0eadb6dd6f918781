import { expect, test } from 'vitest'
import { createBatchedRead } from './batched-read.ts'

interface Row {
  readonly owner: number
  readonly name: string
}

const ROWS: readonly Row[] = [
  { owner: 1, name: 'a' },
  { owner: 2, name: 'b' },
  { owner: 1, name: 'c' },
]

function counted() {
  const asked: (readonly number[])[] = []
  const read = createBatchedRead<number, Row>(
    async (keys) => {
      asked.push(keys)
      return ROWS.filter((row) => keys.includes(row.owner))
    },
    (row) => row.owner,
  )
  return { asked, read }
}

test('reads of one turn share a statement, each key once; each caller gets its own rows', async () => {
  const { asked, read } = counted()
  const [one, two, again, none] = await Promise.all([read(1), read(2), read(1), read(9)])
  expect(asked).toEqual([[1, 2, 9]])
  expect(one.map((row) => row.name)).toEqual(['a', 'c'])
  expect(two.map((row) => row.name)).toEqual(['b'])
  expect(again).toEqual(one)
  expect(none).toEqual([])
})

test('nothing is remembered: a later read asks again', async () => {
  const { asked, read } = counted()
  await read(1)
  await read(1)
  expect(asked).toEqual([[1], [1]])
})

test('a failure reaches all who waited, and the next read is a new one', async () => {
  let fails = true
  const read = createBatchedRead<number, Row>(
    async (keys) => {
      if (fails) throw new Error('the database is away')
      return ROWS.filter((row) => keys.includes(row.owner))
    },
    (row) => row.owner,
  )
  const both = await Promise.allSettled([read(1), read(2)])
  expect(both.map((one) => one.status)).toEqual(['rejected', 'rejected'])
  fails = false
  expect(await read(2)).toHaveLength(1)
})
