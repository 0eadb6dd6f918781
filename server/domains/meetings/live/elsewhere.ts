import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import { isFault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { Live } from './live.ts'
import type { Reconcile } from './reconciliation.ts'
import type { Rooms } from './rooms.ts'

/** Lets the rooms of this process follow what was done in others: acts by REST, and what somebody turned off. */
export function followElsewhere(parts: { bus: Bus<Events>; log: Log; rooms: Rooms; live: Live; reconcile: Reconcile }) {
  const { bus, log, rooms, live, reconcile } = parts

  async function setMedia({ peerId, wanted, by }: Events['meetings.peer.outdated']): Promise<void> {
    const { room } = rooms.findPeer(peerId) ?? {}
    if (room === undefined) return
    await live.exclusively(room.meetingId, async () => {
      const { seat } = rooms.findPeer(peerId) ?? {}
      if (seat === undefined) return
      try {
        live.setMedia(room, seat, wanted, by ?? undefined)
      } catch (error) {
        // The meeting allows it no more.
        if (!isFault(error)) throw error
      }
    })
  }

  return {
    /** Begins; what it returns ends it. */
    start(): () => void {
      const ends = [
        bus.subscribe('meetings.room.outdated', async ({ meetingId, by }) => {
          if (rooms.get(meetingId) !== undefined) await reconcile(meetingId, by)
        }),
        bus.subscribe('meetings.peer.outdated', setMedia),
        bus.onGap(() => {
          for (const room of rooms.all()) {
            reconcile(room.meetingId, 0).catch((error: unknown) =>
              log.error({ err: error }, 'a room could not look anew'),
            )
          }
        }),
      ]
      return () => {
        for (const end of ends) end()
      }
    },
  }
}
