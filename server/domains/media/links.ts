import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock } from '#kernel/clock.ts'
import { faults } from './faults.ts'

/** What a link opens: a file, its small picture, or a live stream. */
export type LinkTarget = 'file' | 'preview' | 'stream'

/** The part of a link that makes it valid. */
export interface LinkProof {
  /** Seconds since the Unix epoch. */
  readonly until: number
  readonly sign: string
}

/** Links that open one file to whoever holds them, for a time: for players, pictures and mails. */
export interface Links {
  make(target: LinkTarget, fileId: string, seconds: number): LinkProof
  /** @throws Fault `media.link-invalid` */
  demand(target: LinkTarget, fileId: string, proof: LinkProof): void
}

/** Links signed with `key` (HMAC-SHA256, cut to 128 bits). */
export function createLinks(key: Buffer, clock: Clock): Links {
  const sign = (target: LinkTarget, fileId: string, until: number): string =>
    createHmac('sha256', key).update(`${target}\n${fileId}\n${until}`).digest().subarray(0, 16).toString('base64url')
  return {
    make: (target, fileId, seconds) => {
      // In steps, so that a page drawn twice asks for the same address and a browser can keep the picture.
      const step = Math.max(1, Math.floor(seconds / 2))
      const until = (Math.floor(clock.now() / 1000 / step) + 1) * step + seconds
      return { until, sign: sign(target, fileId, until) }
    },
    demand: (target, fileId, proof) => {
      const right = Buffer.from(sign(target, fileId, proof.until))
      const given = Buffer.from(proof.sign)
      const isRight = right.length === given.length && timingSafeEqual(right, given)
      if (!isRight || proof.until * 1000 < clock.now()) throw faults.linkInvalid()
    },
  }
}
