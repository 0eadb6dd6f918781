/** The keys by their numbers (RFC 4733, section 3.2). */
export const KEYS = '0123456789*#ABCD'

/** A key as it goes over the wire, 4 bytes. */
export interface TelephoneEvent {
  /** Place in `KEYS`. */
  readonly event: number
  readonly isEnd: boolean
  /** In units of the timestamp, 8 a millisecond. */
  readonly duration: number
}

/** Writes an event behind an RTP header. */
export function writeEvent(into: Buffer, offset: number, { event, isEnd, duration }: TelephoneEvent): void {
  into[offset] = event
  // The volume in dBm0 without its sign: -10.
  into[offset + 1] = (isEnd ? 0x80 : 0) | 10
  into.writeUInt16BE(Math.min(0xffff, duration), offset + 2)
}

/** Reads an event; undefined for one that is no key. */
export function parseEvent(payload: Buffer): TelephoneEvent | undefined {
  if (payload.length < 4) return undefined
  const event = payload[0] ?? 255
  if (event >= KEYS.length) return undefined
  return { event, isEnd: ((payload[1] ?? 0) & 0x80) !== 0, duration: payload.readUInt16BE(2) }
}

/** Makes keys of events: each comes in many packets of one timestamp and counts once, even if the first ones are lost. */
export class KeyListener {
  private lastTimestamp: number | undefined

  /** The key that this packet is the first of; undefined for the rest. */
  take(timestamp: number, payload: Buffer): string | undefined {
    const found = parseEvent(payload)
    if (found === undefined || timestamp === this.lastTimestamp) return undefined
    this.lastTimestamp = timestamp
    return KEYS[found.event]
  }
}
