import { join } from 'node:path'
import { createProber } from '#adapters/ffmpeg/prober.ts'
import { createFfmpeg } from '#adapters/ffmpeg/run.ts'
import { createToolFinder } from '#adapters/ffmpeg/tools.ts'
import { pictures } from '#adapters/pictures/pictures.ts'
import { sniffer } from '#adapters/storage-fs/sniffer.ts'
import { createFileStorage } from '#adapters/storage-fs/storage-fs.ts'
import type { Identity } from '#domains/identity/identity.ts'
import { createConversions } from '#domains/media/conversions/conversions.ts'
import { createLibrary } from '#domains/media/library.ts'
import type { Library } from '#domains/media/library.ts'
import { createLinks } from '#domains/media/links.ts'
import type { MeetingAccess } from '#domains/media/ports.ts'
import { createPreviews } from '#domains/media/previews.ts'
import type { Database } from '#kernel/db/database.ts'
import { mountFfmpeg } from '#surfaces/ffmpeg.ts'
import { mountMedia } from '#surfaces/media.ts'
import type { Base, Part } from './part.ts'

const MIB = 1024 * 1024
const SWEEP_EVERY_MS = 6 * 60 * 60_000

/** Wires the library: files under `media` in the data directory, ffmpeg where there is one. */
export function composeMedia(base: Base, { identity }: { identity: Identity }): Part & { library: Library } {
  const { config, db, jobs, secrets, clock, log, mount } = base
  const settings = config.media
  const tools = createToolFinder({
    ffmpeg: settings.ffmpeg,
    ffprobe: settings.ffprobe,
    memoryMiB: settings.jobMemoryMiB,
  })
  const ffmpeg = createFfmpeg(tools)
  const storage = createFileStorage(join(config.core.dataDir, 'media'))
  const previews = createPreviews({ db, jobs, storage, pictures, ffmpeg })
  const library = createLibrary({
    db,
    log,
    storage,
    sniffer,
    pictures,
    prober: createProber(tools),
    meetings: meetingAccess(db),
    limits: {
      perKind: {
        video: settings.videoMiB * MIB,
        audio: settings.audioMiB * MIB,
        image: settings.imageMiB * MIB,
        document: settings.documentMiB * MIB,
      },
      quota: settings.quotaMiB * MIB,
    },
    wantPreview: (tx, fileId) => previews.want(tx, fileId),
  })
  const conversions = createConversions({
    db,
    jobs,
    storage,
    library,
    ffmpeg,
    concurrency: settings.jobs,
    timeoutMs: settings.jobMinutes * 60_000,
  })
  mountFfmpeg(mount, { conversions })
  identity.onErasure((tx, accountId) => library.erase(tx, accountId))
  jobs.define('media.sweep', { everyMs: SWEEP_EVERY_MS }, async () => ({ removed: await library.sweep() }))
  mountMedia(mount, { library, links: createLinks(secrets.derive('media-links'), clock) })
  return {
    library,
    start: async () => {
      await storage.start()
      await tools.find().then(
        ({ version, ffmpeg: path }) => log.info({ version, path }, 'ffmpeg found'),
        (error: Error) => log.warn({ err: error }, 'no ffmpeg: conversions, recordings and streams answer 503'),
      )
    },
  }
}

/** Who took part in a meeting: whoever made it, was inside, or moderates it, and was not taken out. */
function meetingAccess(db: Database): MeetingAccess {
  const attended = `
    SELECT id FROM meetings WHERE creator_id = $1
    UNION SELECT meeting_id FROM meeting_participants
    WHERE account_id = $1 AND NOT removed AND (first_joined_at IS NOT NULL OR role <> 'participant')`
  return {
    attended: async (accountId) => (await db.prepared<{ id: number }>(attended, [accountId])).map(({ id }) => id),
    attends: async (accountId, meetingId) => {
      const rows = await db.prepared(`SELECT FROM (${attended}) AS own WHERE id = $2`, [accountId, meetingId])
      return rows.length > 0
    },
  }
}
