import type { ConnectionReport } from '#contracts/schemas/signaling.ts'
import type { PeerConnectionQuality } from '../media-engine.ts'

/** What people notice: an eighth of the words missing, a conversation in which both begin at once, a picture withheld. */
const POOR = { loss: 0.08, rttMs: 600, bitrate: 100_000 }
const FAIR = { loss: 0.025, rttMs: 300 }

/** A connection as the room is shown it: measured by the server on both of a person's connections. */
export function connectionReport(measured: PeerConnectionQuality): ConnectionReport {
  const { uplinkLoss, downlinkLoss, rttMs, availableBitrate, heldBack } = measured
  return {
    quality: gradeOf(measured),
    uplink_loss: uplinkLoss,
    downlink_loss: downlinkLoss,
    rtt_ms: rttMs,
    // What the line bears is only known where it was tried.
    available_bitrate: heldBack ? availableBitrate : null,
  }
}

function gradeOf({
  uplinkLoss,
  downlinkLoss,
  rttMs,
  availableBitrate,
  heldBack,
}: PeerConnectionQuality): ConnectionReport['quality'] {
  const loss = Math.max(uplinkLoss, downlinkLoss)
  const rtt = rttMs ?? 0
  const isStarved = heldBack && availableBitrate !== null && availableBitrate < POOR.bitrate
  if (loss > POOR.loss || rtt > POOR.rttMs || isStarved) return 'poor'
  return loss > FAIR.loss || rtt > FAIR.rttMs || heldBack ? 'fair' : 'good'
}
