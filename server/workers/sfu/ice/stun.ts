import { createHmac, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'

const MAGIC = 0x2112a442
const BINDING_REQUEST = 0x0001
const BINDING_SUCCESS = 0x0101
const BINDING_ERROR = 0x0111
const USERNAME = 0x0006
const MESSAGE_INTEGRITY = 0x0008
const ERROR_CODE = 0x0009
const XOR_MAPPED_ADDRESS = 0x0020
const USE_CANDIDATE = 0x0025
const FINGERPRINT = 0x8028
const ICE_CONTROLLED = 0x8029
const MAX_MESSAGE = 1280

/** A well-formed STUN binding request (RFC 8489), its integrity not yet checked. */
export interface BindingRequest {
  transactionId: Buffer
  /** `ours:theirs`: the local ufrag comes first. */
  localUfrag: string
  useCandidate: boolean
  /** The client believes it is controlled, as we always are: a role conflict. */
  controlled: boolean
  /** Checks MESSAGE-INTEGRITY with the local password. */
  isSignedWith(password: string): boolean
}

/** Reads a datagram as a binding request; null for anything else. Never throws. */
export function parseBindingRequest(data: Buffer): BindingRequest | null {
  if (data.length < 20 || data.length > MAX_MESSAGE || data.readUInt16BE(0) !== BINDING_REQUEST) return null
  if (data.readUInt32BE(4) !== MAGIC || data.readUInt16BE(2) + 20 !== data.length) return null
  let username: string | null = null
  let integrityAt = -1
  let useCandidate = false
  let controlled = false
  let at = 20
  while (at + 4 <= data.length) {
    const type = data.readUInt16BE(at)
    const length = data.readUInt16BE(at + 2)
    const value = at + 4
    if (value + length > data.length) return null
    if (integrityAt >= 0 && type !== FINGERPRINT) {
      // What follows MESSAGE-INTEGRITY is not protected and is ignored.
    } else if (type === USERNAME && length <= 513) username = data.toString('utf8', value, value + length)
    else if (type === USE_CANDIDATE) useCandidate = true
    else if (type === ICE_CONTROLLED) controlled = true
    else if (type === MESSAGE_INTEGRITY && length === 20) integrityAt = at
    else if (type === FINGERPRINT && length === 4) {
      if ((crc32(data.subarray(0, at)) ^ 0x5354554e) >>> 0 !== data.readUInt32BE(value)) return null
    }
    at = value + length + ((4 - (length & 3)) & 3)
  }
  if (username === null || integrityAt < 0) return null
  const colon = username.indexOf(':')
  if (colon < 1) return null
  const signed = integrityAt
  return {
    transactionId: data.subarray(8, 20),
    localUfrag: username.slice(0, colon),
    useCandidate,
    controlled,
    isSignedWith: (password) => {
      const expected = integrity(data.subarray(0, signed), password)
      return timingSafeEqual(expected, data.subarray(signed + 4, signed + 24))
    },
  }
}

/** The success response telling the client the address it was seen at. */
export function bindingSuccess(transactionId: Buffer, address: string, port: number, password: string): Buffer {
  return finish(
    BINDING_SUCCESS,
    transactionId,
    [[XOR_MAPPED_ADDRESS, xorAddress(transactionId, address, port)]],
    password,
  )
}

/** An error response, such as 487 Role Conflict. */
export function bindingError(transactionId: Buffer, code: number, reason: string, password: string): Buffer {
  const value = Buffer.concat([Buffer.from([0, 0, Math.floor(code / 100), code % 100]), Buffer.from(reason)])
  return finish(BINDING_ERROR, transactionId, [[ERROR_CODE, value]], password)
}

/** A binding request as a controlling client sends it: for load generators and tests. */
export function bindingRequest(transactionId: Buffer, username: string, password: string, nominate: boolean): Buffer {
  const attributes: [number, Buffer][] = [
    [USERNAME, Buffer.from(username)],
    [0x802a, Buffer.alloc(8, 1)],
    [0x0024, Buffer.from([0x6e, 0, 0x1e, 0xff])],
  ]
  if (nominate) attributes.push([USE_CANDIDATE, Buffer.alloc(0)])
  return finish(BINDING_REQUEST, transactionId, attributes, password)
}

function finish(type: number, transactionId: Buffer, attributes: [number, Buffer][], password: string): Buffer {
  const head = Buffer.alloc(20)
  head.writeUInt16BE(type, 0)
  head.writeUInt32BE(MAGIC, 4)
  transactionId.copy(head, 8)
  let message = head
  for (const [kind, value] of attributes) message = Buffer.concat([message, attribute(kind, value)])
  message.writeUInt16BE(message.length - 20, 2)
  message = Buffer.concat([message, attribute(MESSAGE_INTEGRITY, integrity(message, password))])
  message.writeUInt16BE(message.length - 20 + 8, 2)
  const fingerprint = Buffer.alloc(4)
  fingerprint.writeUInt32BE((crc32(message) ^ 0x5354554e) >>> 0)
  return Buffer.concat([message, attribute(FINGERPRINT, fingerprint)])
}

/** HMAC over everything before the attribute, the length counting the attribute itself. */
function integrity(before: Buffer, password: string): Buffer {
  const head = Buffer.from(before.subarray(0, 20))
  head.writeUInt16BE(before.length - 20 + 24, 2)
  return createHmac('sha1', password).update(head).update(before.subarray(20)).digest()
}

function attribute(type: number, value: Buffer): Buffer {
  const padded = Buffer.alloc(4 + value.length + ((4 - (value.length & 3)) & 3))
  padded.writeUInt16BE(type, 0)
  padded.writeUInt16BE(value.length, 2)
  value.copy(padded, 4)
  return padded
}

function xorAddress(transactionId: Buffer, address: string, port: number): Buffer {
  const bytes = address.includes(':') ? ipv6Bytes(address) : Buffer.from(address.split('.').map(Number))
  const mask = Buffer.concat([Buffer.from([0x21, 0x12, 0xa4, 0x42]), transactionId])
  for (let i = 0; i < bytes.length; i++) bytes[i] = bytes[i]! ^ mask[i]!
  const xored = port ^ (MAGIC >>> 16)
  return Buffer.concat([Buffer.from([0, bytes.length === 4 ? 1 : 2, xored >> 8, xored & 0xff]), bytes])
}

function ipv6Bytes(address: string): Buffer {
  const bare = address.split('%')[0]!
  const [head = '', tail] = bare.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  const bytes = Buffer.alloc(16)
  for (let i = 0; i < 8; i++) bytes.writeUInt16BE(Number.parseInt(groups[i] ?? '0', 16) & 0xffff, i * 2)
  return bytes
}
