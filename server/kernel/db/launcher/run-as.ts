import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault } from '#kernel/fault.ts'

/** The user PostgreSQL runs as. `switched` when that is not the user this process runs as. */
export interface RunAs {
  readonly uid: number
  readonly gid: number
  readonly switched: boolean
}

/** Users that may be at hand when the server runs as root, best first: one made for it, or the one that owns nothing. */
const UNPRIVILEGED = ['confab', 'nobody']

/**
 * Who PostgreSQL, which refuses to run as root, runs as: ourselves unless we are root, then the owner of an existing
 * cluster, else an unprivileged user of this machine. Faults: `db.no-unprivileged-user`.
 */
export async function chooseRunAs(cluster: string): Promise<RunAs> {
  const uid = process.getuid?.() ?? 0
  const gid = process.getgid?.() ?? 0
  if (uid !== 0) return { uid, gid, switched: false }
  const owner = await stat(cluster).catch(() => undefined)
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid, switched: true }
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '')
  for (const name of UNPRIVILEGED) {
    const line = users.split('\n').find((row) => row.startsWith(`${name}:`))
    const [, , foundUid, foundGid] = line?.split(':') ?? []
    // macOS writes nobody as -2; the kernel's numbers are unsigned.
    if (foundUid && foundGid) return { uid: Number(foundUid) >>> 0, gid: Number(foundGid) >>> 0, switched: true }
  }
  throw new Fault(
    'unavailable',
    'db.no-unprivileged-user',
    'PostgreSQL does not run as root and this machine has no user "confab" or "nobody"; create one, start Confab as another user, or set DATABASE_URL.',
  )
}

/** Whether `runAs` may read `path`, judged by the permission bits of it and of every directory above it. */
export async function canReach(path: string, runAs: RunAs): Promise<boolean> {
  let need = 4
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => undefined)
    if (found === undefined) return false
    const shift = found.uid === runAs.uid ? 6 : found.gid === runAs.gid ? 3 : 0
    if (((found.mode >> shift) & need) !== need) return false
    if (dirname(at) === at) return true
    need = 1
  }
}
