import type { Codec } from '../sdp.ts'

/** Where sound goes, and from where it is believed to come. */
export interface SoundTarget {
  readonly address: string
  readonly port: number
  /** Where the signalling comes from: behind a NAT the sound comes from there too, whatever the description says. */
  readonly signalling: string
  readonly codec: Codec
  readonly payloadType: number
  readonly eventType: number | undefined
}

/** Numbers of one stream, at its end. */
export interface SoundStats {
  readonly sent: number
  readonly received: number
  readonly lost: number
  /** Packets that went out more than 20 ms after their time. */
  readonly late: number
  readonly maxLateMs: number
  /** Packets of somebody else, dropped. */
  readonly strangers: number
  /** Of the other side's last report; undefined where none came. */
  readonly roundTripMs: number | undefined
  readonly remoteLost: number | undefined
}

/** What the thread is told. */
export type MediaRequest =
  | { readonly type: 'open'; readonly id: number }
  | { readonly type: 'connect'; readonly id: number; readonly target: SoundTarget }
  /** From now on: the keys, then the sound (codes of the target's codec at 8,000 a second), then silence. */
  | { readonly type: 'play'; readonly id: number; readonly keys: string; readonly sound: Uint8Array<ArrayBuffer> }
  /** On hold nothing is sent, and what was playing waits. */
  | { readonly type: 'hold'; readonly id: number; readonly isHeld: boolean }
  | { readonly type: 'close'; readonly id: number }

/** What it tells. */
export type MediaEvent =
  | { readonly type: 'opened'; readonly id: number; readonly port: number }
  | { readonly type: 'refused'; readonly id: number; readonly why: string }
  | { readonly type: 'key'; readonly id: number; readonly key: string }
  /** All that was to be played has been. */
  | { readonly type: 'played'; readonly id: number }
  | { readonly type: 'closed'; readonly id: number; readonly stats: SoundStats }

/** What a thread is started with. */
export interface MediaOptions {
  readonly host: string
  readonly portMin: number
  readonly portMax: number
}
