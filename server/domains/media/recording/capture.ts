import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { MediaEngine, Publication } from '#domains/meetings/media-engine.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'
import type { TrackWriter, TrackWriters } from '../ports.ts'
import { recordingStore } from './recording-store.ts'

/** A picture begins with a key frame; it is asked for until something was written. */
const KEY_FRAME_EVERY_MS = 1_000
const KEY_FRAME_TRIES = 15

interface Running {
  readonly egressId: string
  readonly writer: TrackWriter
  readonly keyFrames: NodeJS.Timeout | undefined
}

/** The tracks of one meeting being written while it goes on. */
export interface Capture {
  /** Ends every writer; what they wrote is complete afterwards. */
  end(): Promise<void>
}

export interface CaptureParts {
  readonly db: Database
  readonly engine: MediaEngine
  readonly writers: TrackWriters
  readonly log: Log
}

/** The file of a track in its recording's folder. */
export const trackPath = (folder: string, number: number): string => join(folder, `${number}.mkv`)

/** Writes every track of a room into `folder`, those that are there and those that come. */
export async function startCapture(
  parts: CaptureParts,
  at: { recordingId: string; meetingId: number; folder: string },
): Promise<Capture> {
  const { db, engine, writers, log } = parts
  const roomId = String(at.meetingId)
  const running = new Map<string, Promise<Running | undefined>>()
  let tracks = 0
  let isOver = false

  const begin = (publication: Publication): void => {
    const { publicationId } = publication
    if (isOver || running.has(publicationId)) return
    const begun = write(publication, ++tracks).catch((error: unknown) => {
      log.error({ err: error, recordingId: at.recordingId, publicationId }, 'a track is not recorded')
      return undefined
    })
    running.set(publicationId, begun)
  }

  async function write(publication: Publication, number: number): Promise<Running> {
    const { publicationId, userId, kind, source, codec } = publication
    const path = trackPath(at.folder, number)
    const writer = await writers.open(path)
    const { egressId, sdp } = await engine.startEgress(roomId, publicationId, {
      address: '127.0.0.1',
      port: writer.port,
    })
    writer.begin(sdp)
    const track = { number, accountId: userId, kind, source, codec }
    await recordingStore.addTrack(db, at.recordingId, track)
    return { egressId, writer, keyFrames: kind === 'video' ? askForKeyFrames(publicationId, path) : undefined }
  }

  function askForKeyFrames(publicationId: string, path: string): NodeJS.Timeout {
    let tries = 0
    const timer = setInterval(() => {
      const ask = async (): Promise<void> => {
        const written = await stat(path).catch(() => undefined)
        if (++tries > KEY_FRAME_TRIES || (written?.size ?? 0) > 0) clearInterval(timer)
        else await engine.requestKeyFrame(roomId, publicationId)
      }
      ask().catch(() => clearInterval(timer))
    }, KEY_FRAME_EVERY_MS)
    return timer
  }

  const finish = async (publicationId: string): Promise<void> => {
    const track = await running.get(publicationId)
    running.delete(publicationId)
    if (track === undefined) return
    clearInterval(track.keyFrames)
    // First the writer, so that nothing that was sent is missing.
    await track.writer.end()
    await engine.stopEgress(roomId, track.egressId).catch(() => {})
  }
  const finishLater = (publicationId: string): void =>
    void finish(publicationId).catch((error: unknown) => log.error({ err: error }, 'a track did not end well'))

  const unsubscribe = engine.subscribe((event) => {
    if (event.type === 'worker-died') {
      // The room comes back with new publications.
      if (event.roomIds.includes(roomId)) for (const id of running.keys()) finishLater(id)
    } else if (event.roomId !== roomId) return
    else if (event.type === 'publication-added') begin(event.publication)
    else if (event.type === 'publication-removed') finishLater(event.publicationId)
  })
  // A room opens with the first person; before that there is nothing to write.
  if (engine.rooms().includes(roomId)) for (const publication of await engine.publications(roomId)) begin(publication)

  return {
    end: async () => {
      isOver = true
      unsubscribe()
      await Promise.all([...running.keys()].map(finish))
    },
  }
}
