/** How loud a sound is over its time. */
export interface Peaks {
  /** The loudest of each equal part, 0 to 1. */
  readonly values: readonly number[]
  /** Seconds. */
  readonly duration: number
}

/** A waveform is drawn of so many bars. */
export const BARS = 160
/** Half of it would do for a picture; below, some browsers refuse. */
const RATE = 8_000
/** Decoded sound is kept in memory whole: what is larger goes without a picture. */
const MOST_BYTES = 48 * 1024 * 1024

/** The loudest of each of `bars` equal parts. */
export function peaksOf(samples: Float32Array, bars: number): number[] {
  return Array.from({ length: bars }, (_, bar) => {
    const end = Math.floor(((bar + 1) * samples.length) / bars)
    let most = 0
    for (let i = Math.floor((bar * samples.length) / bars); i < end; i++)
      most = Math.max(most, Math.abs(samples[i] ?? 0))
    return most
  })
}

/** Listens to a file; undefined where the browser cannot read it, or it is too long. */
export async function readPeaks(source: Blob): Promise<Peaks | undefined> {
  if (source.size > MOST_BYTES) return undefined
  try {
    const sound = await decode(source, RATE)
    return { values: peaksOf(sound.getChannelData(0), BARS), duration: sound.duration }
  } catch {
    return undefined
  }
}

/** A file's sound. @throws where the browser cannot read it */
export async function decode(source: Blob, rate: number): Promise<AudioBuffer> {
  return await new OfflineAudioContext(1, 1, rate).decodeAudioData(await source.arrayBuffer())
}
