import { describe, expect, test } from 'vitest'
import { timeline } from './timeline.ts'
import type { TimedNote, TimedTrack } from './timeline.ts'

const look = {
  canvas: { width: 1280, height: 720 },
  layout: 'grid' as const,
  frameRate: 25,
  nameOf: (id: number) => `p${id}`,
}
const camera = (number: number, from: number, until: number): TimedTrack => ({
  number,
  accountId: number,
  source: 'camera',
  from,
  until,
})
const microphone = (number: number, accountId: number, from: number, until: number): TimedTrack => ({
  number,
  accountId,
  source: 'microphone',
  from,
  until,
})
/** Whose picture stands where, by frame. */
const shown = (tracks: TimedTrack[], notes: TimedNote[] = [], layout: 'grid' | 'speaker' = 'grid') =>
  timeline(tracks, notes, { ...look, layout }).map(({ fromFrame, scene }) => [
    fromFrame,
    ...scene.map((tile) => `${tile.input ?? '-'} ${tile.name} ${tile.x},${tile.y} ${tile.width}x${tile.height}`),
  ])

describe('what is to be seen when', () => {
  test('one alone has the whole picture, two share it, and it grows back', () => {
    expect(shown([camera(1, 0, 30), camera(2, 10, 20)])).toEqual([
      [0, '1 p1 0,0 1280x720'],
      [250, '1 p1 0,0 640x720', '2 p2 640,0 640x720'],
      [500, '1 p1 0,0 1280x720'],
    ])
  })

  test('three stand in two rows, the last one in the middle', () => {
    const [first] = shown([1, 2, 3].map((number) => camera(number, 0, 9)))
    expect(first?.at(-1)).toBe('3 p3 320,360 640x360')
  })

  test('a shared screen is large, with people beside it', () => {
    const screen: TimedTrack = { number: 9, accountId: 1, source: 'screen', from: 5, until: 8 }
    const [, second] = shown([camera(1, 0, 9), camera(2, 0, 9), screen])
    expect(second).toEqual([125, '9 p1 0,0 1024x720', '1 p1 1024,0 256x360', '2 p2 1024,360 256x360'])
  })

  test('whoever speaks is large, and stays so for a while', () => {
    const notes: TimedNote[] = [
      { at: 4, type: 'speaker', accountId: 2 },
      { at: 4.5, type: 'speaker', accountId: 1 },
    ]
    const [first, second, third] = shown([camera(1, 0, 9), camera(2, 0, 9)], notes, 'speaker')
    expect(first).toEqual([0, '1 p1 0,0 1024x720', '2 p2 1024,0 256x720'])
    expect(second).toEqual([100, '1 p1 1024,0 256x720', '2 p2 0,0 1024x720'])
    expect(third?.[0]).toBe(138)
  })

  test('somebody without a picture is a name, and so is a camera that is off', () => {
    const notes: TimedNote[] = [
      { at: 3, type: 'picture', number: 1, isOn: false },
      { at: 6, type: 'picture', number: 1, isOn: true },
    ]
    expect(shown([camera(1, 0, 9), microphone(2, 2, 0, 9), microphone(3, 1, 0, 9)], notes)).toEqual([
      [0, '1 p1 0,0 640x720', '- p2 640,0 640x720'],
      [75, '- p1 0,0 640x720', '- p2 640,0 640x720'],
      [150, '1 p1 0,0 640x720', '- p2 640,0 640x720'],
    ])
  })

  test('changes in a blink are one', () => {
    expect(shown([camera(1, 0, 10), camera(2, 5, 10), camera(3, 5.1, 10)]).map(([frame]) => frame)).toEqual([0, 125])
  })
})
