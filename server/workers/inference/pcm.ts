import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

/** How many 16-bit samples a file without a header has. */
export async function countSamples(file: FileHandle): Promise<number> {
  return Math.floor((await file.stat()).size / 2)
}

/** Samples from `start` on; silence where the file is shorter. `offset` is bytes before the first sample. */
export async function readSamples(file: FileHandle, start: number, length: number, offset = 0): Promise<Int16Array> {
  const samples = new Int16Array(length)
  const bytes = bytesOf(samples)
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + start * 2 + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return samples
}

/** The same from -1 to 1. */
export async function readFloats(file: FileHandle, start: number, length: number): Promise<Float32Array> {
  return Float32Array.from(await readSamples(file, start, length), (value) => value / 32_768)
}

/** -1 to 1 as 16-bit samples. */
export const toSamples = (floats: Float32Array): Int16Array => Int16Array.from(floats, (value) => clamp(value * 32_768))

/** The bytes of samples, without a copy. */
export const bytesOf = (samples: Int16Array): Uint8Array =>
  new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)

/** The nearest 16-bit value. */
export const clamp = (value: number): number => Math.max(-32_768, Math.min(32_767, Math.round(value)))

/** Works with a file that is closed whatever happens. */
export async function withFile<T>(path: string, flags: string, act: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags, 0o600)
  try {
    return await act(file)
  } finally {
    await file.close()
  }
}
