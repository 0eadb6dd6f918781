import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { MediaEngine, Publication } from '#domains/meetings/media-engine.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'
import type { TrackWriter, TrackWriters } from '../ports.ts'
import { openNotes } from './notes.ts'
import { recordingStore } from './recording-store.ts'

/** A picture begins with a key frame; it is asked for until something was written. */
const KEY_FRAME_EVERY_MS = 1_000
const KEY_FRAME_TRIES = 15
/** A writer that was lost is replaced, after a pause that grows while they are lost again and again. */
const AGAIN_MS = 250
const LONGEST_AGAIN_MS = 10_000

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
  const present = new Map<string, Publication>()
  /** The file that a publication goes into at present. */
  const numbers = new Map<string, number>()
  const pauses = new Map<string, NodeJS.Timeout>()
  const notes = openNotes(at.folder, log)
  let tracks = 0
  let speaking: string | null = null
  let isOver = false

  const begin = (publication: Publication, losses = 0): void => {
    const { publicationId } = publication
    if (isOver || running.has(publicationId)) return
    const number = ++tracks
    numbers.set(publicationId, number)
    const begun = write(publication, number, losses).catch((error: unknown) => {
      log.error({ err: error, recordingId: at.recordingId, publicationId }, 'a track is not recorded')
      return undefined
    })
    running.set(publicationId, begun)
  }

  /** The writer was killed, or could not write: the track goes on in another file. */
  function takeUpAgain(publicationId: string, losses: number): void {
    if (isOver) return
    const wait = Math.min(LONGEST_AGAIN_MS, AGAIN_MS * 2 ** losses)
    const timer = setTimeout(() => {
      pauses.delete(publicationId)
      finish(publicationId).then(
        () => {
          const publication = present.get(publicationId)
          if (publication !== undefined) begin(publication, losses + 1)
        },
        (error: unknown) => log.error({ err: error }, 'a track could not be taken up again'),
      )
    }, wait)
    pauses.set(publicationId, timer)
  }

  async function write(publication: Publication, number: number, losses: number): Promise<Running> {
    const { publicationId, userId, kind, source, codec } = publication
    const path = trackPath(at.folder, number)
    const writer = await writers.open(path)
    const { egressId, sdp } = await engine.startEgress(roomId, publicationId, {
      address: '127.0.0.1',
      port: writer.port,
    })
    writer.begin(sdp, () => takeUpAgain(publicationId, losses))
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
    const number = numbers.get(publicationId)
    // Whoever is muted, or has the camera off, is there until now all the same.
    if (number !== undefined) notes.add({ at: Date.now(), type: 'gone', number })
    if (track === undefined) return
    clearInterval(track.keyFrames)
    // First the writer, so that nothing that was sent is missing.
    await track.writer.end()
    await engine.stopEgress(roomId, track.egressId).catch(() => {})
  }
  const finishLater = (publicationId: string): void =>
    void finish(publicationId).catch((error: unknown) => log.error({ err: error }, 'a track did not end well'))

  /** A picture that stopped, or came back: while there is none, a name is shown instead of its last frame. */
  function noteChange(publication: Publication): void {
    const before = present.get(publication.publicationId)
    present.set(publication.publicationId, publication)
    const number = numbers.get(publication.publicationId)
    const isOn = publication.state === 'flowing' || publication.state === 'waiting'
    const wasOn = before === undefined || before.state === 'flowing' || before.state === 'waiting'
    if (publication.kind !== 'video' || number === undefined || isOn === wasOn) return
    notes.add({ at: Date.now(), type: 'picture', number, isOn })
  }

  function noteSpeaker(peerId: string | null): void {
    if (peerId === null || peerId === speaking) return
    const heard = [...present.values()].find((one) => one.peerId === peerId)
    if (heard === undefined) return
    speaking = peerId
    notes.add({ at: Date.now(), type: 'speaker', accountId: heard.userId })
  }

  const gone = (publicationId: string): void => {
    present.delete(publicationId)
    clearTimeout(pauses.get(publicationId))
    pauses.delete(publicationId)
    finishLater(publicationId)
  }

  const come = (publication: Publication): void => {
    present.set(publication.publicationId, publication)
    begin(publication)
  }

  const unsubscribe = engine.subscribe((event) => {
    if (event.type === 'worker-died') {
      // The room comes back with new publications.
      if (event.roomIds.includes(roomId)) for (const id of present.keys()) gone(id)
    } else if (event.roomId !== roomId) return
    else if (event.type === 'publication-added') come(event.publication)
    else if (event.type === 'publication-changed') noteChange(event.publication)
    else if (event.type === 'publication-removed') gone(event.publicationId)
    else if (event.type === 'audio-levels') noteSpeaker(event.activePeerId)
  })
  // A room opens with the first person; before that there is nothing to write.
  if (engine.rooms().includes(roomId)) for (const publication of await engine.publications(roomId)) come(publication)

  return {
    end: async () => {
      isOver = true
      unsubscribe()
      for (const timer of pauses.values()) clearTimeout(timer)
      await Promise.all([...running.keys()].map(finish))
      await notes.end()
    },
  }
}
