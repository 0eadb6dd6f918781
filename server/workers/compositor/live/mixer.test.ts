import { expect, test } from 'vitest'
import { SAMPLE_RATE } from './decoder.ts'
import { Mixer, SOUND_DELAY_MS } from './mixer.ts'

const FRAME_MS = 20
const TAKE_MS = 1000 / 30

/**
 * A microphone heard through the mixer on a clock of its own: its samples say when they were spoken, in units of 20 ms,
 * so that what comes out tells how late it is. `arrives` is when something spoken then comes in, null when it is lost.
 */
function listen(seconds: number, arrives: (spokenAt: number) => number | null, speed = 1) {
  const mixer = new Mixer()
  const coming: { at: number; value: number }[] = []
  for (let spoken = 0; spoken < seconds * 1000; spoken += FRAME_MS) {
    const at = arrives(spoken / speed)
    if (at !== null) coming.push({ at, value: 1 + spoken / FRAME_MS })
  }
  coming.sort((a, b) => a.at - b.at)
  const late: { at: number; ms: number | null }[] = []
  for (let at = 0; at < seconds * 1000; at += TAKE_MS) {
    while ((coming[0]?.at ?? Infinity) <= at) {
      const samples = new Int16Array((SAMPLE_RATE / 1000) * FRAME_MS * 2).fill(coming.shift()?.value ?? 0)
      mixer.push('one', Buffer.from(samples.buffer))
    }
    const out = mixer.take(SAMPLE_RATE / 30)
    const value = out.readInt16LE(0)
    late.push({ at, ms: value === 0 ? null : at - ((value - 1) * FRAME_MS) / speed })
  }
  return {
    /** How late what was heard between two times was at most and at least, in ms; how much of it was silence. */
    between(from: number, to: number) {
      const part = late.filter(({ at }) => at >= from * 1000 && at < to * 1000)
      const heard = part.flatMap(({ ms }) => (ms === null ? [] : [ms]))
      return { least: Math.min(...heard), most: Math.max(...heard), silent: part.length - heard.length }
    },
  }
}

const near = SOUND_DELAY_MS + FRAME_MS + TAKE_MS

test('a voice is heard as late as the delay says, without a gap', () => {
  const { least, most, silent } = listen(5, (spoken) => spoken).between(1, 5)
  expect(silent).toBe(0)
  expect(least).toBeGreaterThan(SOUND_DELAY_MS - FRAME_MS)
  expect(most).toBeLessThan(near)
})

test('packets that come unevenly change nothing', () => {
  const { most, silent } = listen(8, (spoken) => spoken + ((spoken / FRAME_MS) % 5) * 15).between(1, 8)
  expect(silent).toBe(0)
  expect(most).toBeLessThan(near + 60)
})

test('after a halt in which all came at once, what is heard is not later than before', () => {
  for (const halt of [200, 300, 400, 900, 5000]) {
    const held = (spoken: number): number => (spoken >= 2000 && spoken < 2000 + halt ? 2000 + halt : spoken)
    const after = listen(10, held).between(2.1 + halt / 1000 + 2, 10)
    expect(after.most, `halt of ${halt} ms`).toBeLessThan(near + 30)
    expect(after.silent).toBe(0)
  }
})

test('a clock that runs ahead, or behind, never makes it late, early or silent', () => {
  for (const speed of [1.001, 0.999]) {
    const { least, most, silent } = listen(300, (spoken) => spoken, speed).between(1, 290)
    expect(silent, `speed ${speed}`).toBe(0)
    expect(most).toBeLessThan(near + 40)
    expect(least).toBeGreaterThan(SOUND_DELAY_MS - 90)
  }
})

test('what is left out or said twice is blended, not cut', () => {
  const mixer = new Mixer()
  const wave = (from: number, count: number): Buffer => {
    const samples = new Int16Array(count * 2)
    for (let i = 0; i < count; i++) samples.fill(8000 * Math.sin((from + i) / 60), 2 * i, 2 * i + 2)
    return Buffer.from(samples.buffer)
  }
  let at = 0
  const give = (ms: number): void => {
    mixer.push('one', wave(at, (SAMPLE_RATE / 1000) * ms))
    at += (SAMPLE_RATE / 1000) * ms
  }
  give(150)
  let last = 0
  let steepest = 0
  let silent = 0
  for (let take = 0; take < 300; take++) {
    give((take % 3 === 0 ? 40 : 30) + (take === 40 ? 130 : 0) - (take === 140 || take === 141 ? 30 : 0))
    const heard = mixer.take(SAMPLE_RATE / 30)
    for (let i = 0; i < heard.length; i += 4) {
      const sample = heard.readInt16LE(i)
      // It begins wherever the wave is.
      if (take > 0) steepest = Math.max(steepest, Math.abs(sample - last))
      if (sample === 0 && last === 0) silent++
      last = sample
    }
  }
  // The wave itself is nowhere steeper than 8000/60.
  expect(steepest).toBeLessThan(200)
  expect(silent).toBe(0)
})

test('halves of a sample that come apart are put together; voices are added and never wrap', () => {
  const mixer = new Mixer()
  const loud = Buffer.from(new Int16Array((SAMPLE_RATE / 1000) * 200 * 2).fill(30_000).buffer)
  mixer.push('one', loud.subarray(0, 7))
  mixer.push('one', loud.subarray(7))
  expect(mixer.take(10).readInt16LE(0)).toBe(30_000)
  mixer.push('two', loud)
  expect(mixer.take(10).readInt16LE(0)).toBe(32_767)
  mixer.forget('one')
  expect(mixer.take(10).readInt16LE(0)).toBe(30_000)
})
