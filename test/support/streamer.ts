import { createBroadcasts } from '#adapters/compositor/broadcasts.ts'
import { createToolFinder } from '#adapters/ffmpeg/tools.ts'
import type { Events } from '#contracts/events.ts'
import { createEmptyRooms } from '#domains/media/empty-rooms.ts'
import { createStreams } from '#domains/media/streaming/streams.ts'
import type { Streams } from '#domains/media/streaming/streams.ts'
import type { MediaEngine } from '#domains/meetings/media-engine.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import { silentLog } from '#kernel/log.ts'

/** Live streams as the product wires them, over `engine`, with segments in `folder`; addresses may be private. */
export function startStreamer(parts: {
  db: Database
  bus: Bus<Events>
  engine: MediaEngine
  folder: string
  meetingId: number
  announce?: (state: { status: string }) => void
}): Streams {
  const { db, bus, engine, folder, meetingId, announce } = parts
  const tools = createToolFinder({ ffmpeg: undefined, ffprobe: undefined, memoryMiB: 8192 })
  return createStreams({
    db,
    bus,
    log: silentLog,
    engine,
    meetings: { attended: async () => [meetingId], attends: async () => true },
    emptyRooms: createEmptyRooms(engine, 60_000),
    broadcasts: createBroadcasts(tools, silentLog),
    folder,
    node: 'test',
    settings: { allowPrivate: true, most: 2 },
    announce: (_meeting, state) => announce?.(state),
    titleOf: async () => '週會',
    nameOf: async () => '陳怡君 <b>&',
  })
}
