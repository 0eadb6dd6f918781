import { describe, expect, test } from 'vitest'
import { layOut } from './layout.ts'

const canvas = { width: 1280, height: 720 }
const camera = (track: number, from: number, until: number) => ({ track, isScreen: false, from, until })

describe('where pictures stand', () => {
  test('one alone has the whole picture, two share it, and it grows back', () => {
    expect(layOut([camera(0, 0, 30), camera(1, 10, 20)], canvas, 'grid')).toEqual([
      { track: 0, from: 0, until: 10, x: 0, y: 0, width: 1280, height: 720 },
      { track: 0, from: 10, until: 20, x: 0, y: 0, width: 640, height: 720 },
      { track: 1, from: 10, until: 20, x: 640, y: 0, width: 640, height: 720 },
      { track: 0, from: 20, until: 30, x: 0, y: 0, width: 1280, height: 720 },
    ])
  })

  test('three stand in two rows, the last one in the middle', () => {
    const [, , last] = layOut(
      [0, 1, 2].map((track) => camera(track, 0, 9)),
      canvas,
      'grid',
    )
    expect(last).toMatchObject({ track: 2, x: 320, y: 360, width: 640, height: 360 })
  })

  test('a screen is large, the people beside it', () => {
    const placements = layOut([camera(0, 0, 9), { ...camera(1, 0, 9), isScreen: true }], canvas, 'grid')
    expect(placements).toMatchObject([
      { track: 0, x: 1024, width: 256 },
      { track: 1, x: 0, width: 1024, height: 720 },
    ])
  })

  test('what does not move goes on as one', () => {
    expect(layOut([camera(0, 0, 30), camera(1, 0, 30), camera(1, 30, 40)], canvas, 'speaker')).toHaveLength(3)
    expect(layOut([camera(0, 0, 30)], canvas, 'speaker')).toHaveLength(1)
  })

  test('no two pictures of one moment lie over each other, however many come and go', () => {
    const showings = Array.from({ length: 23 }, (_none, i) => camera(i, i % 5, 6 + (i % 7)))
    const placements = layOut(showings, canvas, 'grid')
    for (const [i, a] of placements.entries()) {
      expect(a.x + a.width).toBeLessThanOrEqual(canvas.width)
      expect(a.y + a.height).toBeLessThanOrEqual(canvas.height)
      for (const b of placements.slice(i + 1)) {
        const isApart =
          a.until <= b.from ||
          b.until <= a.from ||
          a.x + a.width <= b.x ||
          b.x + b.width <= a.x ||
          a.y + a.height <= b.y ||
          b.y + b.height <= a.y
        expect(isApart).toBe(true)
      }
    }
  })
})
