import { Store } from './store.ts'
import type { RemoteTrack } from './track-types.ts'

/** What the page must not hide: pictures and voices that stopped. How good the lines are, the server measures. */
export interface MediaHealth {
  /** Publications that should be seen or heard, and for 3 s were not. */
  stalled: ReadonlySet<string>
  /** `silent`: the microphone is open and gives digital silence; `unsent`: what it gives does not leave the machine. */
  microphone: 'fine' | 'silent' | 'unsent'
  /** `stopped`: the camera is on and gives no picture. */
  camera: 'fine' | 'stopped'
}

/** What is asked at every look. */
export interface WatchInput {
  publish: RTCPeerConnection | null
  subscribe: RTCPeerConnection | null
  tracks: readonly RemoteTrack[]
  /** Whether this track ought to bring something at present. */
  expected: (track: RemoteTrack) => boolean
  /** The m-line of the open microphone; null while it is muted. */
  microphoneMid: string | null
  /** The open microphone gives nothing but digital silence. */
  microphoneSilent: boolean
  /** The track of a camera that is on; null while it is off. */
  cameraTrackId: string | null
}

/** How long nothing may come before it is said. */
export const STALL_AFTER = 3000

interface Flow {
  amount: number
  since: number
}

type Report = Record<string, number | string | undefined>

/** Looks at the statistics once a second. */
export class MediaWatch {
  readonly health = new Store<MediaHealth>({
    stalled: new Set(),
    microphone: 'fine',
    camera: 'fine',
  })
  readonly #flows = new Map<string, Flow>()
  #looking = false
  #lookedAt = 0

  /** One look at `now` (ms). Looks do not overlap. */
  async look(input: WatchInput, now: number): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    // Nobody looked for a while, as behind another window: what stood still meanwhile is not held against anybody.
    if (now - this.#lookedAt > STALL_AFTER) for (const flow of this.#flows.values()) flow.since = now
    this.#lookedAt = now
    try {
      const [inbound, outbound] = await Promise.all([reports(input.subscribe), reports(input.publish)])
      const stalled = new Set<string>()
      for (const track of input.tracks) {
        const report = inbound.find((each) => each['type'] === 'inbound-rtp' && each['mid'] === track.mid)
        if (this.#stands(track.publication_id, amountOf(report, track.kind), input.expected(track), now))
          stalled.add(track.publication_id)
      }
      this.#forget(new Set(input.tracks.map((track) => track.publication_id)))
      const microphone = this.#microphone(input, outbound, now)
      this.#tell({ stalled, microphone, camera: this.#camera(input, outbound, now) })
    } finally {
      this.#looking = false
    }
  }

  /** True when `amount` has not grown for 3 s although it should. */
  #stands(key: string, amount: number, expected: boolean, now: number): boolean {
    const flow = this.#flows.get(key)
    if (!expected || !flow || amount !== flow.amount) {
      this.#flows.set(key, { amount, since: now })
      return false
    }
    return now - flow.since >= STALL_AFTER
  }

  #microphone(input: WatchInput, outbound: Report[], now: number): MediaHealth['microphone'] {
    const mid = input.microphoneMid
    if (mid === null) {
      this.#flows.delete(' sent')
      this.#flows.delete(' heard')
      return 'fine'
    }
    const report = outbound.find((each) => each['type'] === 'outbound-rtp' && each['mid'] === mid)
    const connected = input.publish?.connectionState === 'connected'
    if (this.#stands(' sent', Number(report?.['packetsSent'] ?? 0), connected, now)) return 'unsent'
    return this.#stands(' heard', 0, input.microphoneSilent, now) ? 'silent' : 'fine'
  }

  #camera({ cameraTrackId }: WatchInput, outbound: Report[], now: number): MediaHealth['camera'] {
    const report = outbound.find((each) => each['type'] === 'media-source' && each['trackIdentifier'] === cameraTrackId)
    const frames = Number(report?.['frames'] ?? 0)
    return this.#stands(' camera', frames, cameraTrackId !== null && report !== undefined, now) ? 'stopped' : 'fine'
  }

  #forget(present: ReadonlySet<string>): void {
    for (const key of this.#flows.keys()) if (!key.startsWith(' ') && !present.has(key)) this.#flows.delete(key)
  }

  #tell(next: MediaHealth): void {
    const old = this.health.get()
    const sameStalls = old.stalled.size === next.stalled.size && [...next.stalled].every((key) => old.stalled.has(key))
    const same = (['microphone', 'camera'] as const).every((key) => old[key] === next[key])
    if (sameStalls && same) return
    this.health.set({ ...next, stalled: sameStalls ? old.stalled : next.stalled })
  }
}

async function reports(connection: RTCPeerConnection | null): Promise<Report[]> {
  if (!connection || connection.connectionState === 'closed') return []
  const found: Report[] = []
  const stats = await connection.getStats().catch(() => null)
  stats?.forEach((report: Report) => found.push(report))
  return found
}

function amountOf(report: Report | undefined, kind: 'audio' | 'video'): number {
  return Number(report?.[kind === 'video' ? 'framesDecoded' : 'packetsReceived'] ?? 0)
}
