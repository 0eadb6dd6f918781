import { describe, expect, it, vi } from 'vitest'
import { createPieces } from './pieces.ts'

const on = { left: vi.fn<() => void>(), emptied: vi.fn<() => void>() }

describe('pieces', () => {
  it('are taken in order, those that came before and those that come later', async () => {
    const pieces = createPieces<number>(on)
    pieces.push(1)
    pieces.push(2)
    expect(pieces.waiting).toBe(2)
    expect([await pieces.next(), await pieces.next()]).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
    ])
    expect(on.emptied).toHaveBeenCalledOnce()
    const third = pieces.next()
    pieces.push(3)
    expect(await third).toEqual({ done: false, value: 3 })
    const end = pieces.next()
    pieces.end()
    pieces.push(4)
    expect(await end).toMatchObject({ done: true })
    expect(await pieces.next()).toMatchObject({ done: true })
  })

  it('that wait are taken before the error that ended them, which is met once', async () => {
    const pieces = createPieces<number>(on)
    pieces.push(1)
    pieces.end(new Error('broken'))
    pieces.end(new Error('later'))
    expect(await pieces.next()).toEqual({ done: false, value: 1 })
    await expect(pieces.next()).rejects.toThrow('broken')
    expect(await pieces.next()).toMatchObject({ done: true })
    const waiting = createPieces<number>(on)
    const taken = waiting.next()
    waiting.end(new Error('broken'))
    await expect(taken).rejects.toThrow('broken')
  })

  it('tell when the taker goes', async () => {
    const pieces = createPieces<number>(on)
    pieces.push(1)
    pieces.push(2)
    for await (const one of pieces) if (one === 1) break
    expect(on.left).toHaveBeenCalledOnce()
    expect(await pieces.next()).toMatchObject({ done: true })
  })
})
