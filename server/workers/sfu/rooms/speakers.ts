import type { Publication } from '../forwarding/publication.ts'

const INTERVAL_MS = 200
/** Quieter than this (dBov below full scale) is no speech. */
const AUDIBLE = 55
/** Somebody else has to be louder for this many intervals before becoming the active speaker. */
const TAKE_OVER_INTERVALS = 3

/** What was heard in one interval. */
export interface HeardLevels {
  levels: { peerId: string; publicationId: string; level: number }[]
  activePeerId: string | null
}

/** Finds out who speaks from the levels in the packets (RFC 6464), without decoding anything. */
export class Speakers {
  private readonly sums = new Map<Publication, { power: number; packets: number }>()
  private lastAt = -Infinity
  private active: string | null = null
  private challenger: { peerId: string; intervals: number } | null = null
  private wasQuiet = true

  /** Counts one packet's level, 0 (loudest) to 127. */
  heard(publication: Publication, level: number, nowMs: number): void {
    if (level < AUDIBLE) publication.lastHeardAt = nowMs
    if (publication.source !== 'microphone') return
    const sum = this.sums.get(publication)
    const power = 10 ** (-level / 10)
    if (sum) {
      sum.power += power
      sum.packets++
    } else {
      this.sums.set(publication, { power, packets: 1 })
    }
  }

  /** The levels since the last time, at most five times a second; null while it was and stays quiet. */
  take(nowMs: number): HeardLevels | null {
    if (nowMs - this.lastAt < INTERVAL_MS) return null
    this.lastAt = nowMs
    const levels = [...this.sums]
      .map(([publication, { power, packets }]) => ({
        peerId: publication.peerId,
        publicationId: publication.id,
        level: Math.max(-127, Math.round(10 * Math.log10(power / packets))),
      }))
      .filter(({ level }) => level > -AUDIBLE)
      .sort((a, b) => b.level - a.level)
    this.sums.clear()
    const isQuiet = levels.length === 0
    if (isQuiet && this.wasQuiet) return null
    this.wasQuiet = isQuiet
    this.follow(levels[0]?.peerId ?? null)
    return { levels, activePeerId: this.active }
  }

  private follow(loudest: string | null): void {
    if (loudest === null || loudest === this.active) this.challenger = null
    else if (this.active === null) this.active = loudest
    else if (this.challenger?.peerId !== loudest) this.challenger = { peerId: loudest, intervals: 1 }
    else if (++this.challenger.intervals >= TAKE_OVER_INTERVALS) {
      this.active = loudest
      this.challenger = null
    }
  }

  /** Somebody left. */
  forget(peerId: string): void {
    for (const publication of this.sums.keys()) if (publication.peerId === peerId) this.sums.delete(publication)
    if (this.active === peerId) this.active = null
  }
}
