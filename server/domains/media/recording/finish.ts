import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '#kernel/db/database.ts'
import { Fault, isFault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { cleanName } from '../file-name.ts'
import type { Library } from '../library.ts'
import type { Ffmpeg, Prober, Storage } from '../ports.ts'
import { trackPath } from './capture.ts'
import { composition, evenPicture, evenSound } from './compose.ts'
import type { EvenTrack } from './compose.ts'
import type { RecordedTrack, Recording } from './recording.ts'
import { recordingStore } from './recording-store.ts'

export interface FinishParts {
  readonly db: Database
  readonly storage: Storage
  readonly library: Library
  readonly ffmpeg: Ffmpeg
  readonly prober: Prober
  readonly log: Log
  /** The title of a meeting, and how people in it are called. */
  readonly titleOf: (meetingId: number) => Promise<string>
  readonly nameOf: (accountId: number) => Promise<string>
}

interface Step {
  readonly signal: AbortSignal
  readonly progress: (percent: number) => void
  readonly jobId: number
}

/** Making even takes about as long as composing. */
const EVEN_PERCENT = 50

/**
 * Makes one film of what was written, and a sound file of each microphone. It may run again after a kill: what was made
 * before is found again.
 * @throws Fault `media.nothing-recorded` and those of `Ffmpeg.run`
 */
export async function finishRecording(parts: FinishParts, recording: Recording, step: Step): Promise<string> {
  const { db, storage, library, ffmpeg } = parts
  const workshop = await storage.workshop(recording.id)
  const scratch = await storage.scratch()
  try {
    const tracks = await recordingStore.tracks(db, recording.id)
    const even = await evenTracks(parts, recording, { tracks, from: workshop.folder, to: scratch.folder, step })
    if (even.length === 0) {
      throw new Fault('invalid', 'media.nothing-recorded', 'Nobody sent sound or picture while it was recorded')
    }
    const { encoders } = await ffmpeg.features()
    const { options, duration } = composition(even, recording, encoders)
    const path = join(scratch.folder, `recording.${recording.format}`)
    await ffmpeg.run({
      inputs: even.map((one) => ({ path: one.path, options: ['-itsoffset', one.offset.toFixed(3)] })),
      options,
      output: path,
      mostBytes: library.largest,
      duration,
      signal: step.signal,
      onProgress: (percent) => step.progress(EVEN_PERCENT + (percent * (100 - EVEN_PERCENT)) / 100),
    })
    const title = await parts.titleOf(recording.meetingId)
    const day = recording.startedAt.toISOString().slice(0, 16).replace('T', ' ').replace(':', '.')
    const file = await library.keepMade({
      path,
      size: (await stat(path)).size,
      accountId: recording.accountId,
      meetingId: recording.meetingId,
      name: cleanName(`${title} ${day}.${recording.format}`),
      sourceId: null,
      job: { id: step.jobId, output: 0 },
    })
    await keepVoices(parts, recording, { tracks, folder: scratch.folder, sourceId: file.id, jobId: step.jobId })
    await recordingStore.complete(db, recording.id, file.id)
    await workshop.remove()
    return file.id
  } finally {
    await scratch.remove()
  }
}

async function evenTracks(
  parts: FinishParts,
  recording: Recording,
  at: { tracks: readonly RecordedTrack[]; from: string; to: string; step: Step },
): Promise<EvenTrack[]> {
  const { ffmpeg, prober, library, log } = parts
  const found: (Omit<EvenTrack, 'offset'> & { start: number })[] = []
  for (const [i, track] of at.tracks.entries()) {
    const from = trackPath(at.from, track.number)
    const path = evenPath(at.to, track)
    try {
      const written = await prober.probe(from, 'video/matroska')
      await ffmpeg.run({
        inputs: [{ path: from }],
        options: track.kind === 'audio' ? evenSound() : evenPicture(recording),
        output: path,
        mostBytes: library.largest,
        duration: null,
        signal: at.step.signal,
      })
      const made = await prober.probe(path, 'video/matroska')
      const isScreen = track.source === 'screen'
      const duration = made?.duration ?? 0
      if (duration > 0) found.push({ path, kind: track.kind, isScreen, duration, start: written?.start ?? 0 })
    } catch (error) {
      at.step.signal.throwIfAborted()
      // A track of which not even the beginning was written takes nothing from the others.
      if (!isFault(error, 'media.damaged') && !isFault(error, 'media.conversion-failed')) throw error
      log.warn({ err: error, recordingId: recording.id, track: track.number }, 'a track cannot be used')
    }
    at.step.progress(((i + 1) * EVEN_PERCENT) / at.tracks.length)
  }
  const first = Math.min(...found.map((one) => one.start))
  return found.map(({ start, ...one }) => ({ ...one, offset: start - first }))
}

/** Each microphone as a file of its own. */
async function keepVoices(
  parts: FinishParts,
  recording: Recording,
  at: { tracks: readonly RecordedTrack[]; folder: string; sourceId: string; jobId: number },
): Promise<void> {
  for (const track of at.tracks) {
    const path = evenPath(at.folder, track)
    const made = await stat(path).catch(() => undefined)
    if (track.kind !== 'audio' || made === undefined || made.size === 0) continue
    const file = await parts.library.keepMade({
      path,
      size: made.size,
      accountId: recording.accountId,
      meetingId: recording.meetingId,
      name: cleanName(`${await parts.nameOf(track.accountId)} ${track.number}.ogg`),
      sourceId: at.sourceId,
      job: { id: at.jobId, output: track.number },
    })
    await recordingStore.setTrackFile(parts.db, recording.id, track.number, file.id)
  }
}

function evenPath(folder: string, track: RecordedTrack): string {
  return join(folder, `${track.number}.${track.kind === 'audio' ? 'ogg' : 'mkv'}`)
}
