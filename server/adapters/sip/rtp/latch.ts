import { isIP } from 'node:net'
import type { SoundTarget } from './protocol.ts'

interface Source {
  readonly address: string
  readonly port: number
}

/**
 * Decides whose packets count, and where ours go (symmetric RTP, RFC 4961). The first one from a believable address
 * settles it: the described address, the signalling's, or any where a private address was described by somebody who
 * is not private, which is what a NAT looks like. Everybody else is a stranger from then on.
 */
export class Latch {
  private readonly target: SoundTarget
  private settled: Source | undefined

  constructor(target: SoundTarget) {
    this.target = target
  }

  /** Where to send. */
  get destination(): Source {
    return this.settled ?? this.target
  }

  /** Whether a packet from there counts. */
  accepts(source: Source): boolean {
    if (this.settled !== undefined) {
      return this.settled.address === source.address && this.settled.port === source.port
    }
    const { address, signalling } = this.target
    const isNatted = isPrivate(address) && !isPrivate(signalling)
    if (source.address !== address && source.address !== signalling && !isNatted) return false
    this.settled = { address: source.address, port: source.port }
    return true
  }
}

/** Addresses that mean something within one network only (RFC 1918, RFC 6598, RFC 4193). */
export function isPrivate(address: string): boolean {
  if (isIP(address) === 6) return /^f[cd]|^fe[89ab]|^::1$/i.test(address)
  return /^(10\.|192\.168\.|127\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(
    address,
  )
}
