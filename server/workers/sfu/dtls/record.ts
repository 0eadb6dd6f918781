import { createCipheriv, createDecipheriv } from 'node:crypto'

export const CONTENT_CHANGE_CIPHER = 20
export const CONTENT_ALERT = 21
export const CONTENT_HANDSHAKE = 22

/** One DTLS record as it lies in a datagram. */
export interface DtlsRecord {
  type: number
  epoch: number
  sequence: number
  fragment: Buffer
}

const HEADER = 13
const MAX_RECORDS = 32

/** The whole records in a datagram; what is cut short or is no DTLS 1.x ends the list. */
export function parseRecords(datagram: Buffer): DtlsRecord[] {
  const records: DtlsRecord[] = []
  let at = 0
  while (at + HEADER <= datagram.length && records.length < MAX_RECORDS) {
    if (datagram[at + 1] !== 0xfe) break
    const length = datagram.readUInt16BE(at + 11)
    const end = at + HEADER + length
    if (end > datagram.length) break
    records.push({
      type: datagram[at]!,
      epoch: datagram.readUInt16BE(at + 3),
      sequence: datagram.readUIntBE(at + 5, 6),
      fragment: datagram.subarray(at + HEADER, end),
    })
    at = end
  }
  return records
}

/** Writes one plaintext (epoch 0) record. */
export function writeRecord(type: number, epoch: number, sequence: number, fragment: Buffer): Buffer {
  const record = Buffer.alloc(HEADER + fragment.length)
  writeHeader(record, type, epoch, sequence, fragment.length)
  fragment.copy(record, HEADER)
  return record
}

function writeHeader(into: Buffer, type: number, epoch: number, sequence: number, length: number): void {
  into[0] = type
  into.writeUInt16BE(0xfefd, 1)
  into.writeUInt16BE(epoch, 3)
  into.writeUIntBE(sequence, 5, 6)
  into.writeUInt16BE(length, 11)
}

/** AES-128-GCM protection of the records of epoch 1 (RFC 5288, RFC 6347), one object per connection. */
export class RecordProtection {
  private readonly write: { key: Buffer; iv: Buffer }
  private readonly read: { key: Buffer; iv: Buffer }
  private sequence = 0
  private highest = -1
  private window = 0n

  constructor(write: { key: Buffer; iv: Buffer }, read: { key: Buffer; iv: Buffer }) {
    this.write = write
    this.read = read
  }

  /** A sealed record with the next sequence number. */
  seal(type: number, plain: Buffer): Buffer {
    const sequence = this.sequence++
    const record = Buffer.alloc(HEADER + 8 + plain.length + 16)
    writeHeader(record, type, 1, sequence, plain.length)
    const explicit = Buffer.alloc(8)
    record.copy(explicit, 0, 3, 11)
    const cipher = createCipheriv('aes-128-gcm', this.write.key, Buffer.concat([this.write.iv, explicit]))
    cipher.setAAD(additionalData(explicit, type, plain.length))
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
    record.writeUInt16BE(8 + sealed.length + 16, 11)
    explicit.copy(record, HEADER)
    sealed.copy(record, HEADER + 8)
    cipher.getAuthTag().copy(record, HEADER + 8 + sealed.length)
    return record
  }

  /** The plaintext, or null for a forged, replayed or malformed record. */
  open(record: DtlsRecord): Buffer | null {
    const { fragment } = record
    if (fragment.length < 24 || this.isReplay(record.sequence)) return null
    const explicit = fragment.subarray(0, 8)
    const body = fragment.subarray(8, fragment.length - 16)
    const header = Buffer.alloc(8)
    header.writeUInt16BE(record.epoch, 0)
    header.writeUIntBE(record.sequence, 2, 6)
    const cipher = createDecipheriv('aes-128-gcm', this.read.key, Buffer.concat([this.read.iv, explicit]))
    cipher.setAAD(additionalData(header, record.type, body.length))
    cipher.setAuthTag(fragment.subarray(fragment.length - 16))
    try {
      const plain = Buffer.concat([cipher.update(body), cipher.final()])
      this.remember(record.sequence)
      return plain
    } catch {
      return null
    }
  }

  private isReplay(sequence: number): boolean {
    const behind = this.highest - sequence
    return behind >= 64 || (behind >= 0 && ((this.window >> BigInt(behind)) & 1n) === 1n)
  }

  private remember(sequence: number): void {
    if (sequence > this.highest) {
      this.window = BigInt.asUintN(64, (this.window << BigInt(Math.min(64, sequence - this.highest))) | 1n)
      this.highest = sequence
    } else {
      this.window |= 1n << BigInt(this.highest - sequence)
    }
  }
}

function additionalData(sequence: Buffer, type: number, length: number): Buffer {
  const data = Buffer.alloc(13)
  sequence.copy(data, 0)
  data[8] = type
  data.writeUInt16BE(0xfefd, 9)
  data.writeUInt16BE(length, 11)
  return data
}
