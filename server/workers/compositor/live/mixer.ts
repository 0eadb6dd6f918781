import { SAMPLE_RATE } from './decoder.ts'

const CHANNELS = 2
/** Kept back so that packets may come unevenly; what is heard is this late. */
export const SOUND_DELAY_MS = 140
const BACKLOG = (SAMPLE_RATE * CHANNELS * SOUND_DELAY_MS) / 1000
/** Beyond this an input is cut back to the delay: its clock runs ahead of ours, or it came in a burst. */
const MOST_BACKLOG = BACKLOG * 3

class Voice {
  private chunks: Int16Array[] = []
  private offset = 0
  private length = 0
  private isPlaying = false

  push(samples: Int16Array): void {
    this.chunks.push(samples)
    this.length += samples.length
    if (this.length > MOST_BACKLOG) this.skip(this.length - BACKLOG)
    if (this.length >= BACKLOG) this.isPlaying = true
  }

  /** Adds what is there to the mix; whoever ran dry waits until the delay is filled anew. */
  mixInto(mix: Int32Array): void {
    if (!this.isPlaying) return
    let to = 0
    while (to < mix.length) {
      const chunk = this.chunks[0]
      if (chunk === undefined) {
        this.isPlaying = false
        return
      }
      const count = Math.min(chunk.length - this.offset, mix.length - to)
      for (let i = 0; i < count; i++) mix[to + i] = (mix[to + i] as number) + (chunk[this.offset + i] as number)
      to += count
      this.skip(count)
    }
  }

  private skip(count: number): void {
    this.length -= count
    let left = count
    while (left > 0) {
      const chunk = this.chunks[0]
      if (chunk === undefined) return
      const here = Math.min(left, chunk.length - this.offset)
      this.offset += here
      left -= here
      if (this.offset < chunk.length) continue
      this.chunks.shift()
      this.offset = 0
    }
  }
}

/** Mixes what people say, live: two channels of 16 bits, interleaved. */
export class Mixer {
  private readonly voices = new Map<string, Voice>()
  private mix = new Int32Array(0)
  /** A byte that waits for its other half, by voice. */
  private readonly odd = new Map<string, Buffer>()

  /** PCM of somebody, as it comes. */
  push(id: string, chunk: Buffer): void {
    let voice = this.voices.get(id)
    if (voice === undefined) this.voices.set(id, (voice = new Voice()))
    const rest = this.odd.get(id)
    const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk])
    const whole = bytes.length - (bytes.length % (2 * CHANNELS))
    if (whole < bytes.length) this.odd.set(id, Buffer.from(bytes.subarray(whole)))
    else this.odd.delete(id)
    const samples = new Int16Array(whole / 2)
    Buffer.from(samples.buffer).set(bytes.subarray(0, whole))
    voice.push(samples)
  }

  forget(id: string): void {
    this.voices.delete(id)
    this.odd.delete(id)
  }

  /** The next `frames` samples of both channels. */
  take(frames: number): Buffer {
    const count = frames * CHANNELS
    if (this.mix.length !== count) this.mix = new Int32Array(count)
    this.mix.fill(0)
    for (const voice of this.voices.values()) voice.mixInto(this.mix)
    const out = new Int16Array(count)
    for (let i = 0; i < count; i++) out[i] = Math.max(-32_768, Math.min(32_767, this.mix[i] as number))
    return Buffer.from(out.buffer)
  }
}
