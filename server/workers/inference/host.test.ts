import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { silentLog } from '#kernel/log.ts'
import { ModelProcess } from './host.ts'
import type { ModelProcessOptions } from './host.ts'
import { RATE } from './protocol.ts'
import type { Denoised, Level } from './protocol.ts'

let folder: string
let made: ModelProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-inference-'))
})
afterEach(async () => {
  await Promise.all(made.map((one) => one.unload()))
  made = []
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function start(options: Partial<ModelProcessOptions> = {}): ModelProcess {
  const one = new ModelProcess({
    model: { engine: 'rnnoise' },
    mostMemory: 0,
    log: silentLog,
    idleMs: 60_000,
    mostWaiting: 2,
    ...options,
  })
  made.push(one)
  return one
}

/** A model's program of another kind, written for one test. */
async function program(name: string, text: string): Promise<URL> {
  const path = join(folder, `${name}.mjs`)
  await writeFile(path, text)
  return pathToFileURL(path)
}

/** Numbers that look random and are the same each time, of normal distribution. */
function noise(length: number): Float32Array {
  let seed = 1
  const next = (): number => {
    seed = (seed * 1664525 + 1013904223) >>> 0
    return (seed + 0.5) / 4294967296
  }
  return Float32Array.from({ length }, () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()))
}

/** A voice in outline: a gliding pitch with harmonics under two moving formants, in syllables with pauses. */
function voice(seconds: number): Float32Array {
  const samples = new Float32Array(seconds * RATE)
  let phase = 0
  for (let i = 0; i < samples.length; i++) {
    const t = i / RATE
    const pitch = 120 + 20 * Math.sin(2 * Math.PI * 0.7 * t)
    const low = 500 + 200 * Math.sin(2 * Math.PI * 1.3 * t)
    const high = 1500 + 400 * Math.sin(2 * Math.PI * 0.9 * t)
    phase += (2 * Math.PI * pitch) / RATE
    let value = 0
    for (let harmonic = 1; harmonic < 30; harmonic++) {
      const at = pitch * harmonic
      value += (1 / (1 + ((at - low) / 120) ** 2) + 0.5 / (1 + ((at - high) / 180) ** 2)) * Math.sin(phase * harmonic)
    }
    const pause = Math.sin(2 * Math.PI * 0.25 * t) > -0.7 ? 1 : 0
    samples[i] = value * Math.max(0, Math.sin(2 * Math.PI * 1.7 * t)) ** 0.5 * pause * 3000
  }
  return samples
}

const power = (sound: Float32Array): number => sound.reduce((sum, value) => sum + value * value, 0) / sound.length

/** Scale-invariant signal over distortion in dB (Le Roux et al., 2019). */
function siSdr(reference: Float32Array, sound: Float32Array): number {
  let dot = 0
  let own = 0
  for (const [i, value] of reference.entries()) {
    dot += value * (sound[i] ?? 0)
    own += value * value
  }
  let signal = 0
  let rest = 0
  for (const [i, value] of reference.entries()) {
    const target = (dot / own) * value
    signal += target * target
    rest += ((sound[i] ?? 0) - target) ** 2
  }
  return 10 * Math.log10(signal / rest)
}

async function denoised(
  sound: Float32Array,
  level: Level = 'medium',
): Promise<{ clean: Float32Array; result: Denoised }> {
  const input = join(folder, 'input.raw')
  const output = join(folder, 'output.wav')
  await rm(output, { force: true })
  await writeFile(input, new Uint8Array(Int16Array.from(sound, (value) => Math.round(value)).buffer))
  const result = (await start().ask({ do: 'denoise', input, output, level }, 120_000)) as Denoised
  const bytes = await readFile(output)
  const clean = Float32Array.from({ length: (bytes.length - 44) / 2 }, (_, i) => bytes.readInt16LE(44 + i * 2))
  return { clean, result }
}

function mixed(clean: Float32Array, snr: number): Float32Array {
  const white = noise(clean.length)
  const factor = Math.sqrt(power(clean) / power(white) / 10 ** (snr / 10))
  return clean.map((value, i) => value + factor * (white[i] ?? 0))
}

describe('denoising', () => {
  // Not whole frames nor whole blocks, so that the ends count too.
  const spoken = voice(5).subarray(0, 5 * RATE - 777)

  test('is 8 dB better on a voice in noise as loud as it, and as long', async () => {
    const noisy = mixed(spoken, 0)
    const { clean, result } = await denoised(noisy)
    expect(clean.length).toBe(spoken.length)
    expect(siSdr(spoken, clean) - siSdr(spoken, noisy)).toBeGreaterThan(8)
    expect(result.snr).toBeCloseTo(0, -1)
    expect(result.reduction).toBeGreaterThan(8)
  }, 60_000)

  test('is no more than 1 dB worse on a voice at 20 dB', async () => {
    const noisy = mixed(spoken, 20)
    const { clean, result } = await denoised(noisy)
    expect(siSdr(spoken, clean) - siSdr(spoken, noisy)).toBeGreaterThan(-1)
    expect(result.wetShare).toBeLessThan(0.5)
  }, 60_000)

  test('does less at the low level and more at the high', async () => {
    const noisy = mixed(spoken.subarray(0, 2 * RATE), 12)
    const shares = []
    for (const level of ['low', 'medium', 'high'] as const) shares.push((await denoised(noisy, level)).result.wetShare)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect(new Set(shares).size).toBe(3)
  }, 60_000)

  test.each([0, 1, 479, 960, 48_001])('keeps silence of %i samples silent', async (length) => {
    const { clean, result } = await denoised(new Float32Array(length))
    expect(clean.length).toBe(length)
    expect(clean.every((value) => value === 0)).toBe(true)
    expect(result).toMatchObject({ snr: null, reduction: 0 })
  })
})

describe('a model’s process', () => {
  test('starts once, measures itself, and is gone when unloaded', async () => {
    const one = start()
    await Promise.all([one.load(), one.load()])
    const { pid } = one
    expect(one).toMatchObject({ state: 'loaded', reason: null })
    expect(one.memory).toBeGreaterThan(10_000_000)
    await one.unload()
    expect(one).toMatchObject({ state: 'unloaded', memory: 0 })
    expect(() => process.kill(pid ?? 0, 0)).toThrow()
  })

  test('that is killed fails what it was asked, with the reason, and starts anew', async () => {
    const hangs = await program('hangs', 'process.on("message", () => {}); process.send({ ready: true, memory: 1 })')
    const one = start({ program: hangs })
    const asked = one.ask({ do: 'ping' }, 60_000)
    const outcome = expect(asked).rejects.toMatchObject({ code: 'ai.model-failed', data: { reason: /SIGKILL/ } })
    await expect.poll(() => one.state).toBe('loaded')
    process.kill(one.pid ?? 0, 'SIGKILL')
    await outcome
    expect(one).toMatchObject({ state: 'error', memory: 0 })
    await one.load()
    expect(one.state).toBe('loaded')
  })

  test('that aborts as it loads is a reason', async () => {
    const one = start({ program: await program('aborts', 'process.abort()') })
    await expect(one.load()).rejects.toMatchObject({ code: 'ai.model-failed' })
    expect(one).toMatchObject({ state: 'error', reason: expect.stringMatching(/SIGABRT/) })
  })

  test('that takes too long is killed', async () => {
    const hangs = await program('hangs', 'process.on("message", () => {}); process.send({ ready: true, memory: 1 })')
    const one = start({ program: hangs })
    await expect(one.ask({ do: 'ping' }, 20)).rejects.toMatchObject({ code: 'ai.timed-out' })
    await expect.poll(() => one.pid).toBeUndefined()
  })

  test('has a bounded queue', async () => {
    const hangs = await program('hangs', 'process.on("message", () => {}); process.send({ ready: true, memory: 1 })')
    const one = start({ program: hangs, mostWaiting: 2 })
    const asked = [1, 2].map(() => one.ask({ do: 'ping' }, 60_000).catch((error: { code: string }) => error.code))
    await expect.poll(() => one.active).toBe(2)
    await expect(one.ask({ do: 'ping' }, 60_000)).rejects.toMatchObject({ code: 'ai.busy' })
    await one.unload()
    expect(await Promise.all(asked)).toEqual(['ai.model-failed', 'ai.model-failed'])
  })

  test('has a bounded queue while it loads too', async () => {
    const one = start({ program: await program('never-ready', 'process.on("message", () => {})'), mostWaiting: 2 })
    const asked = [1, 2].map(() => one.ask({ do: 'ping' }, 60_000).catch((error: { code: string }) => error.code))
    await expect(one.ask({ do: 'ping' }, 60_000)).rejects.toMatchObject({ code: 'ai.busy' })
    await one.unload()
    expect(await Promise.all(asked)).toEqual(['ai.model-failed', 'ai.model-failed'])
  })

  test('begins nothing that was given up, ends what was begun, and goes on with the next', async () => {
    const one = start()
    const input = join(folder, 'hours.raw')
    await writeFile(input, '')
    await truncate(input, 3600 * RATE * 2)
    const denoise = (name: string, signal: AbortSignal): Promise<unknown> =>
      one.ask({ do: 'denoise', input, output: join(folder, name), level: 'low' }, 600_000, signal)
    const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()]
    const begun = expect(denoise('begun', first.signal)).rejects.toThrow('gave up')
    const waits = expect(denoise('waits', second.signal)).rejects.toThrow('gave up')
    await expect.poll(() => readdir(folder)).toContain('begun.wet')
    await expect(denoise('full', third.signal)).rejects.toMatchObject({ code: 'ai.busy' })
    second.abort(new Error('gave up'))
    await waits
    expect(one.active).toBe(1)
    first.abort(new Error('gave up'))
    await begun
    expect(one.active).toBe(0)
    await one.ask({ do: 'ping' }, 60_000)
    expect((await readdir(folder)).filter((name) => /begun|waits|full/.test(name))).toEqual([])
    third.abort(new Error('gave up'))
    await expect(denoise('never', third.signal)).rejects.toThrow('gave up')
  })

  test('that is still loading lets go whoever gives up', async () => {
    const one = start({ program: await program('never-ready', 'process.on("message", () => {})') })
    const abandon = new AbortController()
    const asked = expect(one.ask({ do: 'ping' }, 60_000, abandon.signal)).rejects.toThrow('gave up')
    await expect.poll(() => one.pid).toBeGreaterThan(0)
    abandon.abort(new Error('gave up'))
    await asked
    expect(one).toMatchObject({ active: 0, state: 'loading' })
  })

  test('that does not come to an end of loading is gone at once when unloaded', async () => {
    const one = start({ program: await program('never-ready', 'process.on("message", () => {})') })
    const outcome = expect(one.load()).rejects.toMatchObject({ code: 'ai.model-failed' })
    await expect.poll(() => one.pid).toBeGreaterThan(0)
    await one.unload()
    await outcome
    expect(one).toMatchObject({ state: 'unloaded', pid: undefined })
  })

  test('that refuses its model says why, and so does one that writes why and dies', async () => {
    const says = 'process.on("message", () => process.send({ failed: "no such tensor" }, () => process.exit(1)))'
    const refuses = start({ program: await program('refuses', says) })
    await expect(refuses.load()).rejects.toMatchObject({ data: { reason: 'no such tensor' } })
    const writes = 'console.error("/src/model.cc:Init:12 no metadata"); process.exit(255)'
    const dies = start({ program: await program('dies', writes) })
    await expect(dies.load()).rejects.toMatchObject({ data: { reason: 'its process ended (255): no metadata' } })
  })

  test('ends when idle, and comes back when asked', async () => {
    const one = start({ idleMs: 30 })
    await one.ask({ do: 'ping' }, 60_000)
    await expect.poll(() => one.state).toBe('unloaded')
    await one.ask({ do: 'ping' }, 60_000)
    expect(one.loadTime).toBeGreaterThan(0)
  })

  test('answers a file that is not there with a reason', async () => {
    const ask = { do: 'denoise', input: join(folder, 'nothing'), output: join(folder, 'out'), level: 'low' } as const
    await expect(start().ask(ask, 60_000)).rejects.toMatchObject({ data: { reason: /ENOENT/ } })
  })
})
