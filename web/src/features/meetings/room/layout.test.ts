import { describe, expect, test } from 'vitest'
import type { Person } from '../rtc/room-state.ts'
import { gridPlaces, pageSize, spotlightPlaces, stripSize } from './grid-layout.ts'
import { arrange, keepOrder, tilesOf } from './tiles.ts'

function person(userId: number, sharing = false): Person {
  return {
    userId,
    peerId: `p${userId}`,
    name: `n${userId}`,
    avatarUrl: null,
    role: 'participant',
    online: true,
    media: { audio_enabled: true, video_enabled: true, screen_sharing: sharing },
    handAt: null,
    connection: null,
  }
}

const tilesFor = (...people: Person[]) => tilesOf({ people, tracks: [], selfId: 1 })

describe('the grid', () => {
  test.each([
    [1, 1280, 720],
    [2, 1280, 720],
    [5, 1440, 780],
    [9, 1070, 780],
    [25, 1920, 1000],
    [4, 360, 640],
    [7, 768, 900],
  ])('%i tiles on %i × %i stand inside, apart, and fill it well', (count, width, height) => {
    const gap = 8
    const places = gridPlaces(count, width, height, gap)
    expect(places).toHaveLength(count)
    for (const [index, a] of places.entries()) {
      expect(a.x).toBeGreaterThanOrEqual(-0.01)
      expect(a.y).toBeGreaterThanOrEqual(-0.01)
      expect(a.x + a.width).toBeLessThanOrEqual(width + 0.01)
      expect(a.y + a.height).toBeLessThanOrEqual(height + 0.01)
      for (const b of places.slice(index + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
        expect(apart).toBe(true)
      }
    }
    const filled = places.reduce((sum, place) => sum + place.width * place.height, 0) / (width * height)
    expect(filled).toBeGreaterThan(0.45)
  })

  test('a page holds as many as can be seen, and never more than 25', () => {
    expect(pageSize(1920, 1080)).toBe(25)
    expect(pageSize(360, 560)).toBeLessThanOrEqual(10)
    expect(pageSize(100, 60)).toBe(1)
  })

  test('a large tile keeps most of the stage, the others a strip', () => {
    const { main, rest } = spotlightPlaces(stripSize(1400, 780, 8), 1400, 780, 8)
    expect(main.width).toBeGreaterThan(1000)
    expect(Math.max(...rest.map((place) => place.y + place.height))).toBeLessThanOrEqual(781)
    const tall = spotlightPlaces(3, 360, 640, 6)
    expect(tall.main.height).toBeGreaterThan(450)
    expect(tall.rest.every((place) => place.y > tall.main.height)).toBe(true)
  })
})

describe('who stands where', () => {
  test('two alone: the other one large, oneself in the corner', () => {
    const { main, rest, corner } = arrange(tilesFor(person(1), person(2)), 'auto', null, null)
    expect([main, rest.map((tile) => tile.key), corner?.key]).toEqual([null, ['person-2'], 'person-1'])
  })

  test('a shared screen is large, somebody else’s before one’s own', () => {
    const tiles = tilesFor(person(1, true), person(2, true), person(3))
    expect(arrange(tiles, 'auto', null, null).main?.key).toBe('screen-2')
    expect(arrange(tiles, 'auto', 'person-3', null).main?.key).toBe('person-3')
    expect(arrange(tiles, 'grid', null, null).main).toBeNull()
  })

  test('the speaker is large in that layout, never oneself', () => {
    const tiles = tilesFor(person(1), person(2), person(3))
    expect(arrange(tiles, 'speaker', null, 3).main?.key).toBe('person-3')
    expect(arrange(tiles, 'speaker', null, 1).main?.key).toBe('person-2')
  })

  test('whoever speaks unseen comes onto the first page, and nobody else moves', () => {
    const tiles = tilesFor(...Array.from({ length: 8 }, (_, index) => person(index + 1)))
    const before = keepOrder([], tiles, 4, null)
    const after = keepOrder(before, tiles, 4, 7)
    expect(after.indexOf('person-7')).toBe(3)
    expect(after.filter((key, index) => key !== before[index])).toHaveLength(2)
    expect(keepOrder(after, tiles, 4, 3)).toEqual(after)
  })
})
