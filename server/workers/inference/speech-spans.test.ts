import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SPEECH_RATE } from './protocol.ts'
import { cutSpans, findLoudSpans } from './speech-spans.ts'

const never = new AbortController().signal
let folder: string
let files = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-spans-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Tones of a loudness for some seconds each, with noise under all of them, as a file. */
async function recorded(noise: number, ...parts: readonly (readonly [seconds: number, loudness: number])[]) {
  let seed = 7
  const random = (): number => {
    seed = (seed * 1664525 + 1013904223) >>> 0
    return seed / 4294967296 - 0.5
  }
  const sound = parts.flatMap(([seconds, loudness]) =>
    Array.from({ length: seconds * SPEECH_RATE }, (_, at) =>
      Math.round(32_767 * (loudness * Math.sin(at / 8) + noise * random())),
    ),
  )
  const path = join(folder, String(++files))
  await writeFile(path, new Uint8Array(Int16Array.from(sound).buffer))
  return path
}

const inSeconds = (spans: readonly { start: number; end: number }[]): number[][] =>
  spans.map(({ start, end }) => [start, end].map((at) => Math.round((at / SPEECH_RATE) * 10) / 10))

describe('where somebody may be speaking', () => {
  test.each([0, 0.01, 0.05])('is what stands out from noise of %d', async (noise) => {
    const path = await recorded(noise, [2, 0], [1, 0.3], [2, 0], [2, 0.3], [1, 0])
    expect(inSeconds(await findLoudSpans(path, never))).toEqual([
      [1.8, 3.2],
      [4.8, 7.2],
    ])
  })

  test('is one stretch over short pauses, and no click', async () => {
    const path = await recorded(0, [1, 0], [1, 0.3], [0.2, 0], [1, 0.3], [2, 0], [0.02, 0.5], [1, 0])
    expect(await findLoudSpans(path, never)).toHaveLength(1)
  })

  test('is all of it where nobody pauses', async () => {
    const path = await recorded(0.01, [5, 0.3])
    expect(inSeconds(await findLoudSpans(path, never))).toEqual([[0, 5]])
  })

  test.each([0, 0.0005])('is nowhere in silence with noise of %d', async (noise) => {
    expect(await findLoudSpans(await recorded(noise, [3, 0]), never)).toEqual([])
  })
})

test('long stretches are cut where they are quietest, and nothing is lost', async () => {
  const path = await recorded(0, [4.2, 0.3], [0.1, 0.01], [4, 0.3])
  const whole = { start: 0, end: Math.round(8.3 * SPEECH_RATE) }
  const cut = await cutSpans(path, [whole], 5)
  expect(cut.map(({ start }) => start)).toEqual([0, ...cut.slice(0, -1).map(({ end }) => end)])
  expect(cut.at(-1)?.end).toBe(whole.end)
  expect((cut[0]?.end ?? 0) / SPEECH_RATE).toBeCloseTo(4.25, 1)
})
