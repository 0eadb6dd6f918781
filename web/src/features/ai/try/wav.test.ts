import { expect, test } from 'vitest'
import { wavOf } from './wav.ts'

test('samples become a WAV file of their length, and what is too loud is cut, not wrapped', async () => {
  const bytes = new DataView(await wavOf(new Float32Array([0, 0.5, -1, 2]), 48_000).arrayBuffer())
  const text = (at: number) => String.fromCharCode(...Array.from({ length: 4 }, (_, i) => bytes.getUint8(at + i)))
  expect([text(0), text(8), text(36)]).toEqual(['RIFF', 'WAVE', 'data'])
  expect(bytes.byteLength).toBe(52)
  expect(bytes.getUint32(4, true)).toBe(44)
  expect(bytes.getUint32(24, true)).toBe(48_000)
  expect([0, 1, 2, 3].map((i) => bytes.getInt16(44 + i * 2, true))).toEqual([0, 16_384, -32_767, 32_767])
})
