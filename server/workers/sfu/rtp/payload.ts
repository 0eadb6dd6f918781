/** Where the numbers that run on across frames stand in a VP8 or VP9 payload descriptor; offsets are from the payload's start. */
export interface FrameNumbers {
  /** -1 where the descriptor has no picture id. */
  pictureIdAt: number
  /** 15 bits if true, 7 if not. */
  isLong: boolean
  pictureId: number
  /** -1 where there is none. */
  tl0At: number
  tl0: number
}

/** A reusable result for `readFrameNumbers`. */
export function emptyFrameNumbers(): FrameNumbers {
  return { pictureIdAt: -1, isLong: false, pictureId: 0, tl0At: -1, tl0: 0 }
}

/** Fills `into` from a VP8 (RFC 7741) or VP9 (RFC 9628) payload; false where there is nothing to number. */
export function readFrameNumbers(codec: string, data: Buffer, at: number, length: number, into: FrameNumbers): boolean {
  into.pictureIdAt = -1
  into.tl0At = -1
  if (codec === 'vp8') return readVp8(data, at, length, into)
  if (codec === 'vp9') return readVp9(data, at, length, into)
  return false
}

function readVp8(data: Buffer, at: number, length: number, into: FrameNumbers): boolean {
  if (length < 3 || (data[at]! & 0x80) === 0) return false
  const flags = data[at + 1]!
  let next = 2
  if ((flags & 0x80) !== 0) next = readPictureId(data, at, next, into)
  if ((flags & 0x40) !== 0) {
    into.tl0At = next
    into.tl0 = data[at + next] ?? 0
    next++
  }
  return next < length && into.pictureIdAt >= 0
}

function readVp9(data: Buffer, at: number, length: number, into: FrameNumbers): boolean {
  if (length < 3) return false
  const flags = data[at]!
  let next = 1
  if ((flags & 0x80) !== 0) next = readPictureId(data, at, next, into)
  // Layer indices, with TL0PICIDX after them except in flexible mode.
  if ((flags & 0x20) !== 0 && (flags & 0x10) === 0) {
    into.tl0At = next + 1
    into.tl0 = data[at + next + 1] ?? 0
    next += 2
  }
  return next < length && into.pictureIdAt >= 0
}

function readPictureId(data: Buffer, at: number, next: number, into: FrameNumbers): number {
  into.pictureIdAt = next
  into.isLong = (data[at + next]! & 0x80) !== 0
  into.pictureId = into.isLong ? ((data[at + next]! & 0x7f) << 8) | data[at + next + 1]! : data[at + next]! & 0x7f
  return next + (into.isLong ? 2 : 1)
}

/** Whether a payload begins a key frame, from which a decoder can start. */
export function startsKeyFrame(codec: string, data: Buffer, at: number, length: number): boolean {
  if (length < 2) return false
  switch (codec) {
    case 'vp8': {
      const start = vp8HeaderLength(data, at, length)
      return start > 0 && (data[at]! & 0x17) === 0x10 && (data[at + start]! & 1) === 0
    }
    case 'vp9': {
      const flags = data[at]!
      if ((flags & 0x40) !== 0 || (flags & 0x08) === 0) return false
      if ((flags & 0x20) === 0) return true
      const layer = (flags & 0x80) === 0 ? 1 : (data[at + 1]! & 0x80) === 0 ? 2 : 3
      return ((data[at + layer]! >> 1) & 7) === 0
    }
    case 'h264':
      return startsH264KeyFrame(data, at, length)
    case 'av1':
      // N: the first packet of a coded video sequence; not the continuation of an OBU.
      return (data[at]! & 0x88) === 0x08
    default:
      return true
  }
}

/** Bytes of the VP8 payload descriptor, or -1 where the payload ends within it. */
function vp8HeaderLength(data: Buffer, at: number, length: number): number {
  let next = 1
  if ((data[at]! & 0x80) !== 0) {
    const flags = data[at + 1]!
    next = 2
    if ((flags & 0x80) !== 0) next += next < length && (data[at + next]! & 0x80) !== 0 ? 2 : 1
    if ((flags & 0x40) !== 0) next++
    if ((flags & 0x30) !== 0) next++
  }
  return next < length ? next : -1
}

/** Width and height in a VP8 key frame's first packet, or null. */
export function vp8FrameSize(data: Buffer, at: number, length: number): { width: number; height: number } | null {
  const start = vp8HeaderLength(data, at, length)
  if (start < 0 || start + 10 > length) return null
  const frame = at + start
  if (data[frame + 3] !== 0x9d || data[frame + 4] !== 0x01 || data[frame + 5] !== 0x2a) return null
  return { width: data.readUInt16LE(frame + 6) & 0x3fff, height: data.readUInt16LE(frame + 8) & 0x3fff }
}

/** Sequence parameters or an IDR slice, alone, aggregated (STAP-A) or as the first fragment (FU-A), RFC 6184. */
function startsH264KeyFrame(data: Buffer, at: number, length: number): boolean {
  const type = data[at]! & 0x1f
  if (type === 7 || type === 5) return true
  if (type === 24) {
    for (let next = 1; next + 3 <= length; next += 2 + data.readUInt16BE(at + next)) {
      const inner = data[at + next + 2]! & 0x1f
      if (inner === 7 || inner === 5) return true
    }
    return false
  }
  if (type === 28 || type === 29) return (data[at + 1]! & 0x80) !== 0 && [5, 7].includes(data[at + 1]! & 0x1f)
  return false
}
