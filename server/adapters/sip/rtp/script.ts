import { KEYS } from './telephone-event.ts'

/** What goes out in one frame of 20 ms. */
export type Frame =
  | { readonly type: 'sound'; readonly codes: Uint8Array }
  /** `isFirst`: a new key begins; `duration` so far, this frame included; the end is said three times. */
  | {
      readonly type: 'key'
      readonly event: number
      readonly isFirst: boolean
      readonly isEnd: boolean
      readonly duration: number
    }
  | { readonly type: 'silence' }

/** Samples in a frame. */
export const FRAME_SAMPLES = 160
/** A key is held for 160 ms, and 100 ms lie between two: what every exchange understands. */
const KEY_FRAMES = 8
const GAP_FRAMES = 5
/** A comma. */
const PAUSE_FRAMES = 50
/** An end that is lost leaves a key pressed for ever, so it is said three times (RFC 4733, section 2.5.1.4). */
const END_FRAMES = 3

/** What is played, frame by frame: keys, then the sound, then silence without end. */
export class Script {
  private readonly keys: string
  private readonly sound: Uint8Array
  private keyAt = 0
  private frameOfKey = 0
  private soundAt = 0

  constructor(keys: string, sound: Uint8Array) {
    this.keys = keys
    this.sound = sound
  }

  get isOver(): boolean {
    return this.keyAt >= this.keys.length && this.soundAt >= this.sound.length
  }

  next(): Frame {
    if (this.keyAt < this.keys.length) return this.nextOfKeys()
    if (this.soundAt >= this.sound.length) return { type: 'silence' }
    const codes = this.sound.subarray(this.soundAt, this.soundAt + FRAME_SAMPLES)
    this.soundAt += FRAME_SAMPLES
    return { type: 'sound', codes }
  }

  private nextOfKeys(): Frame {
    const key = this.keys[this.keyAt] ?? ','
    const at = this.frameOfKey++
    const frames = key === ',' ? PAUSE_FRAMES : KEY_FRAMES + END_FRAMES + GAP_FRAMES
    if (this.frameOfKey >= frames) {
      this.keyAt++
      this.frameOfKey = 0
    }
    if (key === ',' || at >= KEY_FRAMES + END_FRAMES) return { type: 'silence' }
    return {
      type: 'key',
      event: KEYS.indexOf(key),
      isFirst: at === 0,
      isEnd: at >= KEY_FRAMES,
      duration: Math.min(at + 1, KEY_FRAMES) * FRAME_SAMPLES,
    }
  }
}
