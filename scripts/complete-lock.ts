// `npm run lock`: adds to package-lock.json what npm leaves out of it for other platforms.
//
// npm writes only those optional platform packages into the lock that it could look up when it wrote it, or that were
// installed (npm/cli#4828). `npm ci` then refuses the lock as out of step. The missing entries follow from the packages
// that want them: name and exact version stand there, and the platform is in the name.
import { readFileSync, writeFileSync } from 'node:fs'

interface LockEntry {
  version?: string
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}

interface Lock {
  packages: Record<string, LockEntry>
}

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const PROCESSORS = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32']

/** The platform a package's name says; undefined where it says none. */
function platformOf(name: string): Pick<LockEntry, 'os' | 'cpu' | 'libc'> | undefined {
  const words = name.split(/[-/]/)
  const musl = words.some((word) => word.startsWith('musl')) || words.some((word) => word.startsWith('linuxmusl'))
  const os = words.some((word) => word.startsWith('linux')) ? 'linux' : SYSTEMS.find((system) => words.includes(system))
  const cpu = PROCESSORS.find((processor) => words.includes(processor))
  if (os === undefined && cpu !== 'wasm32') return undefined
  const glibc = os === 'linux' && words.some((word) => word.startsWith('gnu'))
  return {
    ...(os !== undefined && { os: [os] }),
    ...(cpu !== undefined && { cpu: [cpu] }),
    ...((musl || glibc) && { libc: [musl ? 'musl' : 'glibc'] }),
  }
}

const FILE = 'package-lock.json'
const lock = JSON.parse(readFileSync(FILE, 'utf8')) as Lock
let added = 0
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const isExact = /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)
    const nested = `${path}/node_modules/${name}`
    const hoisted = `node_modules/${name}`
    if (!isExact || lock.packages[nested] !== undefined || lock.packages[hoisted]?.version === version) continue
    const platform = platformOf(name)
    if (platform === undefined) {
      console.log(`left alone: ${name}@${version}, whose name says no platform`)
      continue
    }
    // Two versions of one package: the second lies beneath the package that wants it.
    const place = lock.packages[hoisted] === undefined ? hoisted : nested
    lock.packages[place] = { version, ...platform, ...(entry.dev === true && { dev: true }), optional: true }
    added++
  }
}
const byPath = Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1))
writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries(byPath) }, undefined, 2)}\n`)
console.log(`${added} platform packages added to ${FILE}.`)
