import { createSipCarrier } from '#adapters/sip/sip-carrier.ts'
import type { SipSettings, SipTimes } from '#adapters/sip/sip-carrier.ts'
import type { CarrierEvent, OutgoingCall, PlacedCall } from '#domains/calls/ports.ts'
import { silentLog } from '#kernel/log.ts'

/** A call made for a test, with what happened to it. */
export interface TestCall extends PlacedCall {
  readonly events: readonly CarrierEvent[]
  readonly ended: Promise<Extract<CarrierEvent, { type: 'ended' }>>
  /** Resolves when it was answered. */
  readonly answered: Promise<void>
}

/** RFC 3261's timers, five times as fast. */
export const FAST: SipTimes = {
  timers: { t1: 100, t2: 800, t4: 1_000 },
  sessionSeconds: 1_800,
  leastSessionSeconds: 2,
}

/** A carrier for a server on loopback. */
export async function startCarrier(settings: Partial<SipSettings> & { server: string }, times: SipTimes = FAST) {
  const carrier = createSipCarrier(
    {
      transport: 'udp',
      domain: undefined,
      user: 'confab',
      authUser: undefined,
      password: undefined,
      callerId: '+886223456789',
      register: false,
      host: '127.0.0.1',
      port: 0,
      publicHost: undefined,
      rtpPortMin: 20_000,
      rtpPortMax: 23_999,
      tlsVerify: true,
      ...settings,
    },
    { log: silentLog, times },
  )
  await carrier.start?.()
  const call = async (options: Partial<OutgoingCall> = {}): Promise<TestCall> => {
    const events: CarrierEvent[] = []
    let onEnded: (event: Extract<CarrierEvent, { type: 'ended' }>) => void = () => {}
    let onAnswered: () => void = () => {}
    const ended = new Promise<Extract<CarrierEvent, { type: 'ended' }>>((resolve) => (onEnded = resolve))
    const answered = new Promise<void>((resolve) => (onAnswered = resolve))
    const placed = await carrier.place(
      { id: 1, to: '+886912345678', sound: tone(400), ringMs: 10_000, talkMs: 20_000, ...options },
      (event) => {
        events.push(event)
        if (event.type === 'ended') onEnded(event)
        if (event.type === 'answered') onAnswered()
      },
    )
    return { ref: placed.ref, hangup: () => placed.hangup(), events, ended, answered }
  }
  return { carrier, call, stop: async () => carrier.stop?.() }
}

/** A sweep, so that any place of it is like no other. */
export function tone(ms: number): { samples: Int16Array; rate: number } {
  const samples = Int16Array.from({ length: ms * 8 }, (_, at) => {
    const seconds = at / 8_000
    return Math.round(12_000 * Math.sin(2 * Math.PI * (300 + 600 * seconds) * seconds))
  })
  return { samples, rate: 8_000 }
}
