const HEADER_BYTES = 44

/** One channel of sound as a WAV file of 16 bits: every player can tell how long it is and jump in it. */
export function wavOf(samples: Float32Array, rate: number): Blob {
  const bytes = new DataView(new ArrayBuffer(HEADER_BYTES + samples.length * 2))
  const text = (at: number, letters: string) => {
    for (let i = 0; i < letters.length; i++) bytes.setUint8(at + i, letters.charCodeAt(i))
  }
  text(0, 'RIFF')
  bytes.setUint32(4, HEADER_BYTES - 8 + samples.length * 2, true)
  text(8, 'WAVEfmt ')
  bytes.setUint32(16, 16, true)
  bytes.setUint16(20, 1, true)
  bytes.setUint16(22, 1, true)
  bytes.setUint32(24, rate, true)
  bytes.setUint32(28, rate * 2, true)
  bytes.setUint16(32, 2, true)
  bytes.setUint16(34, 16, true)
  text(36, 'data')
  bytes.setUint32(40, samples.length * 2, true)
  samples.forEach((sample, i) => {
    bytes.setInt16(HEADER_BYTES + i * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), true)
  })
  return new Blob([bytes.buffer], { type: 'audio/wav' })
}
