import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Avatars } from '#domains/identity/ports.ts'
import { Fault } from '#kernel/fault.ts'
import { createTurns } from '#kernel/turns.ts'

/** Pictures kept as files, and opened again to be served. */
export interface AvatarFiles extends Avatars {
  /** The file behind a served name; undefined where there is none. The caller closes it. */
  open(name: string): Promise<FileHandle | undefined>
}

const SIDE = 512
/** A picture of more pixels is not decoded: 5 MB of PNG can be gigabytes of picture. */
const MOST_PIXELS = 50_000_000
const DECODE_SECONDS = 10
/** Of a picture in memory at full size there are never more than this at once. */
const CONCURRENCY = 2
const MOST_WAITING = 20
const NAME = /^[0-9a-f-]{36}-[0-9a-f]{32}\.webp$/

/** The first bytes of the kinds we take. SVG is not among them: it is a program more than a picture. */
const KINDS: readonly (readonly [name: string, is: (bytes: Buffer) => boolean])[] = [
  ['jpeg', (bytes) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))],
  ['png', (bytes) => bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))],
  ['gif', (bytes) => /^GIF8[79]a/.test(bytes.toString('latin1', 0, 6))],
  ['webp', (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP'],
  ['avif', (bytes) => /^ftyp(avif|avis|mif1)/.test(bytes.toString('latin1', 4, 12))],
]

/** Keeps pictures under `folder`, re-encoded, so that nothing of the uploaded file is served again. */
export function createAvatarFiles(folder: string): AvatarFiles {
  const inTurn = createTurns({
    concurrency: CONCURRENCY,
    mostWaiting: MOST_WAITING,
    full: () =>
      new Fault('busy', 'accounts.avatar-busy', 'Too many pictures are being worked on', {
        data: { retryAfterSeconds: 5 },
      }),
  })

  return {
    keep: async (accountUuid, bytes) => {
      if (!KINDS.some(([, is]) => is(bytes))) throw refused('a JPEG, PNG, WebP, GIF or AVIF is asked for')
      const picture = await inTurn(() => shrink(bytes))
      const name = `${accountUuid}-${createHash('sha256').update(picture).digest('hex').slice(0, 32)}.webp`
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const fresh = join(folder, `.${name}.${randomBytes(6).toString('hex')}`)
      const file = await open(fresh, 'wx', 0o600)
      try {
        await file.writeFile(picture)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(fresh, join(folder, name))
      return `/avatars/${name}`
    },

    forget: async (path) => {
      const name = path.slice('/avatars/'.length)
      if (NAME.test(name)) await rm(join(folder, name), { force: true })
    },

    open: async (name) => {
      if (!NAME.test(name)) return undefined
      try {
        return await open(join(folder, name))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
  }
}

async function shrink(bytes: Buffer): Promise<Buffer> {
  // Loaded with the first picture: libvips is large.
  const { default: sharp } = await import('sharp')
  try {
    return await sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: 'error' })
      .timeout({ seconds: DECODE_SECONDS })
      .autoOrient()
      .resize(SIDE, SIDE, { fit: 'cover', position: 'attention' })
      .webp({ quality: 82 })
      .toBuffer()
  } catch (cause) {
    throw refused('it is damaged or too large', cause)
  }
}

function refused(why: string, cause?: unknown): Fault {
  return new Fault('invalid', 'accounts.avatar-invalid', `This picture cannot be used: ${why}`, { cause })
}
