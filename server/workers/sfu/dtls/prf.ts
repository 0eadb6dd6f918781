import { createHmac } from 'node:crypto'

/** The TLS 1.2 pseudo-random function with SHA-256 (RFC 5246 section 5). */
export function prf(secret: Buffer, label: string, seed: Buffer, length: number): Buffer {
  const labelled = Buffer.concat([Buffer.from(label, 'latin1'), seed])
  const blocks: Buffer[] = []
  let a = labelled
  for (let made = 0; made < length; made += 32) {
    a = createHmac('sha256', secret).update(a).digest()
    blocks.push(createHmac('sha256', secret).update(a).update(labelled).digest())
  }
  return Buffer.concat(blocks).subarray(0, length)
}
