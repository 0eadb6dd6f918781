import { describe, expect, expectTypeOf, test } from 'vitest'
import { silentLog } from '#kernel/log.ts'
import { batch } from './batch.ts'
import { createBus } from './bus.ts'
import type { Bus } from './bus.ts'

interface Events {
  'notes.note.added': { id: number }
  'notes.note.removed': { id: number; by: string }
}

describe('a bus', () => {
  test('hands an event to the subscribers of its topic alone, in order', async () => {
    const bus = await createBus<Events>({ log: silentLog })
    const seen: string[] = []
    bus.subscribe('notes.note.added', ({ id }) => void seen.push(`first ${id}`))
    bus.subscribe('notes.note.added', ({ id }) => void seen.push(`second ${id}`))
    bus.subscribe('notes.note.removed', ({ by }) => void seen.push(`removed by ${by}`))
    bus.publish('notes.note.added', { id: 1 })
    expect(seen).toEqual(['first 1', 'second 1'])
    await bus.close()
  })

  test('goes on when a subscriber throws or rejects, and logs both', async () => {
    const logged: unknown[] = []
    const log = { ...silentLog, error: (fields: { topic: string }) => void logged.push(fields.topic) }
    const bus = await createBus<Events>({ log: log })
    let reached = 0
    bus.subscribe('notes.note.added', () => {
      throw new Error('broken')
    })
    bus.subscribe('notes.note.added', () => Promise.reject(new Error('broken later')))
    bus.subscribe('notes.note.added', () => void reached++)
    bus.publish('notes.note.added', { id: 1 })
    expect(reached).toBe(1)
    await expect.poll(() => logged).toEqual(['notes.note.added', 'notes.note.added'])
    await bus.close()
  })

  test('forgets a subscriber that ended, also from within', async () => {
    const bus = await createBus<Events>({ log: silentLog })
    const seen: number[] = []
    const end = bus.subscribe('notes.note.added', ({ id }) => {
      seen.push(id)
      end()
    })
    bus.publish('notes.note.added', { id: 1 })
    bus.publish('notes.note.added', { id: 2 })
    expect(seen).toEqual([1])
    await bus.close()
  })

  test('of more events serves where fewer are asked for', () => {
    expectTypeOf<Bus<Events & { 'other.thing.done': { n: number } }>>().toExtend<Bus<Events>>()
  })
})

describe('batches', () => {
  const event = (size: number, id = 0) => ({ topic: 't', payload: { id, text: 'x'.repeat(size) } })

  test('hold what fits together, in order', () => {
    const events = Array.from({ length: 100 }, (_, id) => event(200, id))
    const parts = batch(events)
    expect(parts.length).toBeLessThan(6)
    expect(parts.flatMap((part) => ('events' in part ? part.events : []))).toEqual(events)
    for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(7_900)
  })

  test('set a large event apart without changing the order, counting bytes and not characters', () => {
    const large = { topic: 't', payload: '電'.repeat(3_000) }
    expect(batch([event(1, 1), large, event(1, 2)])).toEqual([
      { events: [event(1, 1)] },
      { large },
      { events: [event(1, 2)] },
    ])
  })

  test('of nothing are nothing', () => {
    expect(batch([])).toEqual([])
  })
})
