import { expect, test } from 'vitest'
import { peaksOf } from './peaks.ts'

test('each bar is the loudest of its part, and no sample is left out', () => {
  const samples = new Float32Array([0, 0.5, -0.75, 0.25, 0, 0, 1])
  expect(peaksOf(samples, 3)).toEqual([0.5, 0.75, 1])
  expect(peaksOf(samples, 7)).toEqual([0, 0.5, 0.75, 0.25, 0, 0, 1])
})

test('a sound shorter than the picture has bars of silence, and silence is flat', () => {
  expect(peaksOf(new Float32Array([1]), 4)).toEqual([0, 0, 0, 1])
  expect(peaksOf(new Float32Array(8), 2)).toEqual([0, 0])
})
