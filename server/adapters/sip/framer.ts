import { MOST_BYTES, SipSyntaxError } from './message.ts'

const HEADER_END = Buffer.from('\r\n\r\n')
const LENGTH = /^(?:content-length|l)[ \t]*:[ \t]*(\d{1,6})[ \t]*$/im

/**
 * Cuts a stream into messages by their Content-Length (RFC 3261, section 18.3). Blank lines between them keep a
 * connection alive and mean nothing.
 */
export class SipFramer {
  private waiting: Buffer = Buffer.alloc(0)

  /** @throws SipSyntaxError when the stream can no longer be told apart; it has to be closed then */
  push(chunk: Buffer): Buffer[] {
    this.waiting = this.waiting.length === 0 ? chunk : Buffer.concat([this.waiting, chunk])
    const messages: Buffer[] = []
    for (;;) {
      let start = 0
      while (this.waiting[start] === 13 || this.waiting[start] === 10) start++
      if (start > 0) this.waiting = this.waiting.subarray(start)
      const end = this.waiting.indexOf(HEADER_END)
      if (end < 0) {
        if (this.waiting.length > MOST_BYTES) throw new SipSyntaxError('a header without end')
        return messages
      }
      const length = LENGTH.exec(this.waiting.toString('latin1', 0, end))
      // Over a stream there is no other way to know where a message ends.
      if (length === null) throw new SipSyntaxError('no Content-Length on a stream')
      const whole = end + HEADER_END.length + Number(length[1])
      if (whole > MOST_BYTES) throw new SipSyntaxError('larger than 64 KiB')
      if (this.waiting.length < whole) return messages
      messages.push(this.waiting.subarray(0, whole))
      this.waiting = this.waiting.subarray(whole)
    }
  }
}
