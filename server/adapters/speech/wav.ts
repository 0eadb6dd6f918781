import type { Pcm } from '#domains/calls/ports.ts'

/** Formats of samples in a WAV file: whole numbers, and floats (RFC 2361). */
const PCM = 1
const FLOAT = 3
const EXTENSIBLE = 0xfffe

/**
 * Reads a WAV file of 16-bit or float samples; several channels become one. Lengths that a stream could not know when
 * it began (0, or all ones) mean: to the end.
 * @throws Error when it is none, or of another kind
 */
export function parseWav(bytes: Buffer): Pcm {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('not a WAV file')
  }
  let format: { tag: number; channels: number; rate: number; bits: number } | undefined
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = bytes.toString('latin1', at, at + 4)
    const said = bytes.readUInt32LE(at + 4)
    const start = at + 8
    if (name === 'fmt ' && start + 16 <= bytes.length) {
      const tag = bytes.readUInt16LE(start)
      format = {
        tag: tag === EXTENSIBLE && start + 26 <= bytes.length ? bytes.readUInt16LE(start + 24) : tag,
        channels: bytes.readUInt16LE(start + 2),
        rate: bytes.readUInt32LE(start + 4),
        bits: bytes.readUInt16LE(start + 14),
      }
    }
    if (name === 'data') {
      if (format === undefined) throw new Error('a WAV file without a format')
      const end = said === 0 || start + said > bytes.length ? bytes.length : start + said
      return { samples: samplesOf(bytes.subarray(start, end), format), rate: format.rate }
    }
    at = start + said + (said % 2)
  }
  throw new Error('a WAV file without sound')
}

function samplesOf(data: Buffer, format: { tag: number; channels: number; bits: number; rate: number }): Int16Array {
  const { tag, channels, bits, rate } = format
  const isFloat = tag === FLOAT && bits === 32
  if (!isFloat && !(tag === PCM && bits === 16)) throw new Error(`WAV samples of kind ${tag} with ${bits} bits`)
  if (channels < 1 || channels > 8 || rate < 4_000 || rate > 192_000) throw new Error('a WAV file nobody speaks in')
  const width = isFloat ? 4 : 2
  const samples = new Int16Array(Math.floor(data.length / (width * channels)))
  for (let at = 0; at < samples.length; at++) {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) {
      const offset = (at * channels + channel) * width
      sum += isFloat ? data.readFloatLE(offset) * 32_767 : data.readInt16LE(offset)
    }
    samples[at] = Math.max(-32_768, Math.min(32_767, Math.round(sum / channels)))
  }
  return samples
}
