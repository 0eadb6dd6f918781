import type { Codec } from '../sdp.ts'

const BIAS = 0x84
const MOST = 32_635

/** One sample by the μ-law (ITU-T G.711). */
function toMulaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0
  const magnitude = Math.min(MOST, Math.abs(sample)) + BIAS
  const exponent = 31 - Math.clz32(magnitude >> 7)
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f
  return ~(sign | (exponent << 4) | mantissa) & 0xff
}

/** One sample by the A-law (ITU-T G.711). */
function toAlaw(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0
  const magnitude = Math.min(32_767, sample < 0 ? -sample - 1 : sample) >> 4
  const exponent = magnitude < 16 ? 0 : 31 - Math.clz32(magnitude >> 4) + 1
  const mantissa = exponent < 2 ? magnitude & 0x0f : (magnitude >> (exponent - 1)) & 0x0f
  return (sign | (exponent << 4) | mantissa) ^ 0x55
}

function fromMulaw(code: number): number {
  const bits = ~code & 0xff
  const magnitude = (((bits & 0x0f) << 3) + BIAS) << ((bits >> 4) & 7)
  return bits & 0x80 ? BIAS - magnitude : magnitude - BIAS
}

function fromAlaw(code: number): number {
  const bits = code ^ 0x55
  const exponent = (bits >> 4) & 7
  const mantissa = (bits & 0x0f) << 4
  const magnitude = exponent === 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1)
  return bits & 0x80 ? magnitude : -magnitude
}

const ENCODERS: Readonly<Record<Codec, Uint8Array>> = { PCMU: tableOf(toMulaw), PCMA: tableOf(toAlaw) }
const DECODERS: Readonly<Record<Codec, Int16Array>> = {
  PCMU: Int16Array.from({ length: 256 }, (_, code) => fromMulaw(code)),
  PCMA: Int16Array.from({ length: 256 }, (_, code) => fromAlaw(code)),
}

/** The code of every sample there is. */
function tableOf(encode: (sample: number) => number): Uint8Array {
  const table = new Uint8Array(65_536)
  for (let sample = -32_768; sample < 32_768; sample++) table[sample & 0xffff] = encode(sample)
  return table
}

/** Codes samples, a byte each. */
export function encodeG711(samples: Int16Array, codec: Codec): Uint8Array<ArrayBuffer> {
  const table = ENCODERS[codec]
  const codes = new Uint8Array(samples.length)
  for (let at = 0; at < samples.length; at++) codes[at] = table[(samples[at] ?? 0) & 0xffff] ?? 0
  return codes
}

/** The samples of codes. */
export function decodeG711(codes: Uint8Array, codec: Codec): Int16Array {
  const table = DECODERS[codec]
  return Int16Array.from(codes, (code) => table[code] ?? 0)
}

/** The code of silence. */
export function silenceOf(codec: Codec): number {
  return ENCODERS[codec][0] ?? 0
}
