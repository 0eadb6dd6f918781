import { WAV_HEADER, wavHeader } from '#kernel/wav.ts'

/** A sound of a steady tone with some noise on it, as a WAV file in base64: 16-bit mono at 16 kHz. */
export function toneOf({ seconds }: { seconds: number }): string {
  const rate = 16_000
  const samples = Math.round(seconds * rate)
  const wav = Buffer.concat([wavHeader(samples, rate), Buffer.alloc(samples * 2)])
  let noise = 1
  for (let at = 0; at < samples; at++) {
    noise = (noise * 16_807) % 2_147_483_647
    const value = 6000 * Math.sin((2 * Math.PI * 440 * at) / rate) + (noise / 2_147_483_647 - 0.5) * 3000
    wav.writeInt16LE(Math.round(value), WAV_HEADER + at * 2)
  }
  return wav.toString('base64')
}
