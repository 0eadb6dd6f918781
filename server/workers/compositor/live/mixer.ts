import { FRAME_RATE } from '../protocol.ts'
import { SAMPLE_RATE } from './decoder.ts'

const CHANNELS = 2
const ofMilliseconds = (ms: number): number => (SAMPLE_RATE / 1000) * CHANNELS * ms

/** Kept back so that packets may come unevenly; what is heard is this late. */
export const SOUND_DELAY_MS = 140
const BACKLOG = ofMilliseconds(SOUND_DELAY_MS)
/** Beyond this an input is cut back at once: it came in a burst. */
const MOST_BACKLOG = BACKLOG * 3
/**
 * How far a voice may be from its delay, and for how long, before it is brought back: further, and lips and words part
 * (ITU-R BT.1359 has 45 ms early, 125 ms late as what is seen).
 */
const TOLERANCE = ofMilliseconds(30)
const WATCHED_TAKES = FRAME_RATE
/** Over which what is left out, or said twice, is blended into what follows. */
const BLEND = ofMilliseconds(10)
/** What is kept of what was heard already, for saying it twice. */
const CAPACITY = MOST_BACKLOG * 2

/** Somebody's sound, waiting to be mixed: a ring, of which what was heard last is kept too. */
class Voice {
  private readonly ring = new Int16Array(CAPACITY)
  private from = 0
  private length = 0
  private isPlaying = false
  /** Of this many takes: the least and the most that waited. */
  private takes = 0
  private least = Infinity
  private most = 0

  push(samples: Int16Array): void {
    const kept = samples.subarray(Math.max(0, samples.length - MOST_BACKLOG))
    const to = (this.from + this.length) % CAPACITY
    const untilEnd = kept.subarray(0, CAPACITY - to)
    this.ring.set(untilEnd, to)
    this.ring.set(kept.subarray(untilEnd.length), 0)
    this.length += kept.length
    // Nothing is heard of it yet, or too much came: only what is newest is of use.
    if (this.length > (this.isPlaying ? MOST_BACKLOG : BACKLOG)) this.skip(this.length - BACKLOG)
    if (!this.isPlaying && this.length >= BACKLOG) this.watchAnew(true)
  }

  /** Adds what is there to the mix; whoever ran dry waits until the delay is filled anew. */
  mixInto(mix: Int32Array): void {
    if (!this.isPlaying) return
    this.keepDelay()
    const count = Math.min(this.length, mix.length)
    for (let i = 0, from = this.from; i < count; i++) {
      mix[i] = (mix[i] as number) + (this.ring[from] as number)
      if (++from === CAPACITY) from = 0
    }
    this.skip(count)
    if (count < mix.length) this.watchAnew(false)
  }

  /**
   * A voice that came back late after a halt, or whose clock is not ours, would stay late or run dry: what always waits
   * too long is shortened, and what never waits long enough is stretched.
   */
  private keepDelay(): void {
    this.least = Math.min(this.least, this.length)
    this.most = Math.max(this.most, this.length)
    if (++this.takes < WATCHED_TAKES) return
    if (this.least > BACKLOG + TOLERANCE) this.move(this.least - BACKLOG)
    else if (this.most < BACKLOG - TOLERANCE && this.length > BLEND) this.move(this.most - BACKLOG)
    this.watchAnew(true)
  }

  /** Goes on `count` samples further, or back where it is negative, without a click. */
  private move(count: number): void {
    const by = count - (count % CHANNELS)
    for (let i = 0; i < BLEND; i++) {
      const share = i / BLEND
      this.put(by + i, Math.round(this.at(i) * (1 - share) + this.at(by + i) * share))
    }
    this.skip(by)
  }

  private watchAnew(isPlaying: boolean): void {
    this.isPlaying = isPlaying
    this.takes = 0
    this.least = Infinity
    this.most = 0
  }

  private skip(count: number): void {
    this.from = (this.from + count + CAPACITY) % CAPACITY
    this.length -= count
  }

  private at(index: number): number {
    return this.ring[(this.from + index + CAPACITY) % CAPACITY] as number
  }

  private put(index: number, sample: number): void {
    this.ring[(this.from + index + CAPACITY) % CAPACITY] = sample
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
