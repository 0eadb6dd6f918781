import type { PeerConnectionQuality } from '#domains/meetings/media-engine.ts'
import type { Peer } from './peer.ts'

const EVERY_MS = 3000

/** How well each peer of a room is connected: measured now, and told of where it changed noticeably. */
export class ConnectionQuality {
  private readonly told = new Map<string, string>()
  private takenAt = 0

  /** Those of whom there is something new to tell, at most every three seconds; null where there is nothing. */
  take(peers: Iterable<Peer>, nowMs: number): PeerConnectionQuality[] | null {
    if (nowMs - this.takenAt < EVERY_MS) return null
    this.takenAt = nowMs
    const changed: PeerConnectionQuality[] = []
    for (const peer of peers) {
      const quality = qualityOf(peer, nowMs)
      if (quality === null) continue
      const text = Object.values(quality).join(' ')
      if (this.told.get(peer.id) === text) continue
      this.told.set(peer.id, text)
      changed.push(quality)
    }
    return changed.length > 0 ? changed : null
  }

  /** A peer that is gone, or whose connections begin anew. */
  forget(peerId: string): void {
    this.told.delete(peerId)
  }
}

function qualityOf(peer: Peer, nowMs: number): PeerConnectionQuality | null {
  const isConnected = [peer.publisher, peer.subscriber].some((one) => one?.transport.state === 'connected')
  if (!isConnected) return null
  const incoming = peer.publications.flatMap((publication) =>
    publication.streams.flatMap((stream) =>
      stream && stream.rate.bitsPerSecond(nowMs) > 0 ? { rate: stream.rate.bitsPerSecond(nowMs), stream } : [],
    ),
  )
  const outgoing = [...(peer.subscriber?.subscriptions.values() ?? [])].flatMap((subscription) => {
    const rate = subscription.rate.bitsPerSecond(nowMs)
    return rate > 0 ? { rate, lossRate: subscription.received.lossRate } : []
  })
  const rtt = peer.subscriber?.rttMs ?? null
  const available = peer.subscriber?.availableBitrate(nowMs) ?? null
  return {
    peerId: peer.id,
    uplinkLoss: rounded(weighted(incoming.map(({ rate, stream }) => ({ rate, lossRate: stream.lossRate })))),
    downlinkLoss: rounded(weighted(outgoing)),
    // Steps of a tenth: a line that breathes is not news.
    rttMs: rtt === null ? null : roughly(Math.max(1, rtt)),
    availableBitrate: available === null ? null : roughly(available),
    heldBack: peer.isHeldBack,
  }
}

/** Loss as packets meet it: a video that loses weighs more than a voice that does not. */
function weighted(parts: readonly { rate: number; lossRate: number }[]): number {
  const rate = parts.reduce((sum, part) => sum + part.rate, 0)
  return rate === 0 ? 0 : parts.reduce((sum, part) => sum + part.lossRate * part.rate, 0) / rate
}

/** To a hundredth. */
function rounded(share: number): number {
  return Math.round(share * 100) / 100
}

/** To two significant digits. */
function roughly(value: number): number {
  return Number(value.toPrecision(2))
}
