import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '#kernel/db/database.ts'
import { Fault, isFault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { cleanName } from '../file-name.ts'
import type { Library } from '../library.ts'
import type { Ffmpeg, Films, Prober, Storage } from '../ports.ts'
import { trackPath } from './capture.ts'
import { evenSound, filmOptions, largestSizes, wholePicture } from './compose.ts'
import { readNotes } from './notes.ts'
import { CANVAS } from './recording.ts'
import type { RecordedTrack, Recording } from './recording.ts'
import { recordingStore } from './recording-store.ts'
import { inputOf, timeline, untilGone } from './timeline.ts'

export interface FinishParts {
  readonly db: Database
  readonly storage: Storage
  readonly library: Library
  readonly ffmpeg: Ffmpeg
  readonly films: Films
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

/** A track made ready: sound without gaps, a picture in a whole file; both begin at 0. */
interface ReadyTrack extends RecordedTrack {
  readonly path: string
  /** Seconds from the start of the recording. */
  readonly from: number
  readonly until: number
}

/** Making tracks ready takes little beside composing. */
const READY_PERCENT = 20

/**
 * Makes one film of what was written, and a sound file of each microphone. It may run again after a kill: what was made
 * before is found again.
 * @throws Fault `media.nothing-recorded` and those of `Ffmpeg.run`
 */
export async function finishRecording(parts: FinishParts, recording: Recording, step: Step): Promise<string> {
  const { db, storage, library } = parts
  const workshop = await storage.workshop(recording.id)
  const scratch = await storage.scratch()
  try {
    const recorded = await recordingStore.tracks(db, recording.id)
    const at = { from: workshop.folder, to: scratch.folder, step }
    const { tracks, firstMs } = await makeReady(parts, recording, recorded, at)
    if (tracks.length === 0) {
      throw new Fault('invalid', 'media.nothing-recorded', 'Nobody sent sound or picture while it was recorded')
    }
    const path = join(scratch.folder, `recording.${recording.format}`)
    await compose(parts, recording, { tracks, firstMs, folder: workshop.folder, path, step })
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
    await keepVoices(parts, recording, { tracks, sourceId: file.id, jobId: step.jobId })
    await recordingStore.complete(db, recording.id, { fileId: file.id, startedAt: new Date(firstMs) })
    await workshop.remove()
    return file.id
  } finally {
    await scratch.remove()
  }
}

async function makeReady(
  parts: FinishParts,
  recording: Recording,
  tracks: readonly RecordedTrack[],
  at: { from: string; to: string; step: Step },
): Promise<{ tracks: ReadyTrack[]; firstMs: number }> {
  const { ffmpeg, prober, library, log } = parts
  const found: (RecordedTrack & { path: string; start: number; duration: number })[] = []
  for (const [i, track] of tracks.entries()) {
    const from = trackPath(at.from, track.number)
    const path = join(at.to, `${track.number}.${track.kind === 'audio' ? 'ogg' : 'mkv'}`)
    try {
      const written = await prober.probe(from, 'video/matroska')
      await ffmpeg.run({
        inputs: [{ path: from }],
        options: track.kind === 'audio' ? evenSound() : wholePicture(),
        output: path,
        mostBytes: library.largest,
        duration: null,
        signal: at.step.signal,
      })
      const made = await prober.probe(path, 'video/matroska')
      const duration = made?.duration ?? 0
      if (duration > 0) found.push({ ...track, path, duration, start: written?.start ?? 0 })
    } catch (error) {
      at.step.signal.throwIfAborted()
      // A track of which not even the beginning was written takes nothing from the others.
      if (!isFault(error, 'media.damaged') && !isFault(error, 'media.conversion-failed')) throw error
      log.warn({ err: error, recordingId: recording.id, track: track.number }, 'a track cannot be used')
    }
    at.step.progress(((i + 1) * READY_PERCENT) / tracks.length)
  }
  // Each packet was written with the time of the machine, so tracks and notes share one clock.
  const first = Math.min(...found.map((one) => one.start))
  const ready = found.map(({ start, duration, ...track }) => {
    const from = start - first
    return { ...track, from, until: from + duration }
  })
  return { tracks: ready, firstMs: first * 1000 }
}

async function compose(
  parts: FinishParts,
  recording: Recording,
  at: { tracks: readonly ReadyTrack[]; firstMs: number; folder: string; path: string; step: Step },
): Promise<void> {
  const { films, ffmpeg, library } = parts
  const { step } = at
  const canvas = CANVAS[recording.quality]
  const { frameRate } = films
  const noted = await readNotes(at.folder)
  const notes = noted.map((note) => ({ ...note, at: (note.at - at.firstMs) / 1000 }))
  const tracks = untilGone(at.tracks, notes)
  const names = await namesOf(parts, tracks)
  const nameOf = (accountId: number): string => names.get(accountId) ?? ''
  const scenes = timeline(tracks, notes, { canvas, layout: recording.layout, frameRate, nameOf })
  const sizes = largestSizes(scenes)
  const pictures = tracks.flatMap((track) => {
    const input = inputOf(track.number)
    const size = sizes.get(input)
    if (track.kind === 'audio' || size === undefined) return []
    return [{ input, path: track.path, ...size, firstFrame: Math.round(track.from * frameRate) }]
  })
  const sounds = tracks
    .filter(({ kind }) => kind === 'audio')
    .map(({ path, from }) => ({ path, options: ['-itsoffset', from.toFixed(3)] }))
  const duration = Math.max(...tracks.map(({ until }) => until))
  const { encoders } = await ffmpeg.features()
  await films.make({
    ...canvas,
    frames: Math.max(1, Math.ceil(duration * frameRate)),
    pictures,
    scenes,
    sounds,
    options: filmOptions(recording, encoders, { sounds: sounds.length, duration }),
    output: at.path,
    mostBytes: library.largest,
    signal: step.signal,
    onProgress: (percent) => step.progress(READY_PERCENT + (percent * (100 - READY_PERCENT)) / 100),
  })
}

async function namesOf(parts: FinishParts, tracks: readonly RecordedTrack[]): Promise<Map<number, string>> {
  const ids = [...new Set(tracks.map(({ accountId }) => accountId))]
  return new Map(await Promise.all(ids.map(async (id) => [id, await parts.nameOf(id)] as const)))
}

/** Each microphone as a file of its own. */
async function keepVoices(
  parts: FinishParts,
  recording: Recording,
  at: { tracks: readonly ReadyTrack[]; sourceId: string; jobId: number },
): Promise<void> {
  for (const track of at.tracks) {
    const made = await stat(track.path).catch(() => undefined)
    if (track.kind !== 'audio' || made === undefined || made.size === 0) continue
    const file = await parts.library.keepMade({
      path: track.path,
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
