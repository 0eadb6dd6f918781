import type { Pcm } from '#domains/calls/ports.ts'
import { wavHeader } from '#kernel/wav.ts'

/** The sound as a WAV file of 16-bit samples, which Twilio plays. */
export function writeWav({ samples, rate }: Pcm): Buffer {
  const data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)
  return Buffer.concat([wavHeader(samples.length, rate), data])
}
