/** A sound of a steady tone with some noise on it, as a WAV file in base64: 16-bit mono at 16 kHz. */
export function toneOf({ seconds }: { seconds: number }): string {
  const rate = 16_000
  const samples = Math.round(seconds * rate)
  const wav = Buffer.alloc(44 + samples * 2)
  wav.write('RIFF', 0, 'latin1')
  wav.writeUInt32LE(36 + samples * 2, 4)
  wav.write('WAVEfmt ', 8, 'latin1')
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(rate, 24)
  wav.writeUInt32LE(rate * 2, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36, 'latin1')
  wav.writeUInt32LE(samples * 2, 40)
  let noise = 1
  for (let at = 0; at < samples; at++) {
    noise = (noise * 16_807) % 2_147_483_647
    const value = 6000 * Math.sin((2 * Math.PI * 440 * at) / rate) + (noise / 2_147_483_647 - 0.5) * 3000
    wav.writeInt16LE(Math.round(value), 44 + at * 2)
  }
  return wav.toString('base64')
}
