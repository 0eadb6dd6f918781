import type { Pictures } from '#domains/media/ports.ts'
import { Fault } from '#kernel/fault.ts'

/** A little above the largest cameras; decoded it is 400 MB at most, and only one at a time. */
const MOST_PIXELS = 100_000_000
const PREVIEW_PIXELS = 640
const TIMEOUT_SECONDS = 30

/** Loaded with the first picture: libvips is large, and many servers never see one. */
const loadSharp = async () => (await import('sharp')).default

/** Measures and shrinks pictures with sharp; what is too large is refused from its header, undecoded. */
export const pictures: Pictures = {
  measure: async (path) => {
    const sharp = await loadSharp()
    try {
      const { width, height, autoOrient } = await sharp(path, { limitInputPixels: false }).metadata()
      if (width * height > MOST_PIXELS) throw damaged(`${width} × ${height} pixels are too many`)
      return { width: autoOrient.width ?? width, height: autoOrient.height ?? height }
    } catch (error) {
      throw error instanceof Fault ? error : damaged((error as Error).message, error)
    }
  },

  shrink: async (from, to) => {
    const sharp = await loadSharp()
    try {
      await sharp(from, { limitInputPixels: MOST_PIXELS, failOn: 'error' })
        .autoOrient()
        .resize(PREVIEW_PIXELS, PREVIEW_PIXELS, { fit: 'inside', withoutEnlargement: true })
        .timeout({ seconds: TIMEOUT_SECONDS })
        .webp({ quality: 78 })
        .toFile(to)
    } catch (error) {
      throw damaged((error as Error).message, error)
    }
  },
}

function damaged(why: string, cause?: unknown): Fault {
  return new Fault('invalid', 'media.damaged', `The picture cannot be read: ${why}`, { data: { why }, cause })
}
