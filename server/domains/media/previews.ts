import { join } from 'node:path'
import type { Database } from '#kernel/db/database.ts'
import type { Transaction } from '#kernel/db/executor.ts'
import { isFault } from '#kernel/fault.ts'
import type { Jobs } from '#kernel/jobs/jobs.ts'
import { fileStore } from './file-store.ts'
import type { MediaFile } from './media-file.ts'
import type { Ffmpeg, Pictures, Storage } from './ports.ts'

const FRAME_BYTES = 64 * 1024 * 1024
const TIMEOUT_MS = 2 * 60_000

/** Makes the small pictures that stand for files, as jobs. */
export function createPreviews(parts: {
  db: Database
  jobs: Pick<Jobs, 'define'>
  storage: Storage
  pictures: Pictures
  ffmpeg: Ffmpeg
}): { want(tx: Transaction, fileId: string): Promise<void> } {
  const { db, storage, pictures, ffmpeg } = parts

  /** A frame from early on, past the black ones that many films begin with. */
  async function frameOf(file: MediaFile, to: string, signal: AbortSignal): Promise<void> {
    const at = Math.min(3, (file.duration ?? 0) / 10)
    await ffmpeg.run({
      inputs: [{ path: storage.pathOf(file.storageKey), options: ['-ss', at.toFixed(3)] }],
      options: [
        '-map',
        '0:v:0',
        '-frames:v',
        '1',
        '-vf',
        "scale='min(640,iw)':'min(640,ih)':force_original_aspect_ratio=decrease",
      ],
      output: to,
      mostBytes: FRAME_BYTES,
      duration: null,
      isAwaited: true,
      signal,
    })
  }

  const job = parts.jobs.define<{ fileId: string }, null>(
    'media.preview',
    { timeoutMs: TIMEOUT_MS },
    async ({ input, signal }) => {
      const file = await fileStore.find(db, input.fileId)
      if (file === undefined || file.previewKey !== null) return null
      const scratch = await storage.scratch()
      try {
        const small = join(scratch.folder, 'preview.webp')
        let from = storage.pathOf(file.storageKey)
        if (file.kind === 'video') {
          from = join(scratch.folder, 'frame.png')
          await frameOf(file, from, signal)
        }
        await pictures.shrink(from, small)
        const key = await storage.adopt(small)
        if (!(await fileStore.setPreview(db, file.id, key))) await storage.remove(key)
      } catch (error) {
        // Without ffmpeg a film has no picture, and needs none.
        if (!isFault(error, 'media.ffmpeg-missing')) throw error
      } finally {
        await scratch.remove()
      }
      return null
    },
  )
  return { want: async (tx, fileId) => void (await job.enqueue({ fileId }, { tx, key: fileId })) }
}
