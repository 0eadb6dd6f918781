import type { MediaEngine } from '#domains/meetings/media-engine.ts'

const LOOK_MS = 5_000

/** Sees to it that nothing goes on for ever in a room that everybody has left. */
export interface EmptyRooms {
  /** Calls `onEmpty` once the room has been empty for the whole time; the returned function ends the watch. */
  watch(meetingId: number, onEmpty: () => void): () => void
}

/** A room is open in the engine from its first person to its last. */
export function createEmptyRooms(engine: Pick<MediaEngine, 'rooms'>, afterMs: number): EmptyRooms {
  return {
    watch: (meetingId, onEmpty) => {
      const roomId = String(meetingId)
      let seenAt = performance.now()
      const timer = setInterval(
        () => {
          if (engine.rooms().includes(roomId)) seenAt = performance.now()
          else if (performance.now() - seenAt >= afterMs) {
            clearInterval(timer)
            onEmpty()
          }
        },
        Math.min(LOOK_MS, afterMs),
      )
      timer.unref()
      return () => clearInterval(timer)
    },
  }
}
