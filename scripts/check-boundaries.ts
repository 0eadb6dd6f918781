// Who may import whom (docs/architecture.md). Fails on a forbidden import, on a cycle, and when it examined nothing.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseSync } from 'oxc-parser'

interface Import {
  readonly to: string
  readonly typeOnly: boolean
}

const ALIASES: Readonly<Record<string, string>> = {
  '#contracts/': 'contracts/',
  '#kernel/': 'server/kernel/',
  '#domains/': 'server/domains/',
  '#adapters/': 'server/adapters/',
  '#surfaces/': 'server/surfaces/',
  '#workers/': 'server/workers/',
  '#server/': 'server/',
  '#test/': 'test/',
  '@/': 'web/src/',
}

/** The file of ours that a specifier names, from the repository's root; undefined for a package. */
function resolve(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return join(dirname(from), specifier)
  for (const [alias, folder] of Object.entries(ALIASES)) {
    if (specifier.startsWith(alias)) return folder + specifier.slice(alias.length)
  }
  return undefined
}

function importsOf(file: string): Import[] {
  const { module } = parseSync(file, readFileSync(file, 'utf8'))
  const found: Import[] = []
  for (const one of module.staticImports) {
    const to = resolve(file, one.moduleRequest.value)
    const typeOnly = one.entries.length > 0 && one.entries.every((entry) => entry.isType)
    if (to !== undefined) found.push({ to, typeOnly })
  }
  for (const one of module.staticExports) {
    for (const entry of one.entries) {
      const to = entry.moduleRequest ? resolve(file, entry.moduleRequest.value) : undefined
      if (to !== undefined) found.push({ to, typeOnly: entry.isType })
    }
  }
  return found
}

const folderOf = (path: string, under: string): string => path.slice(under.length).split('/')[0] ?? ''

/** Why this import is not allowed; undefined when it is. */
function objection(from: string, { to, typeOnly }: Import): string | undefined {
  const isTest = /\.(test|e2e|bench)\.tsx?$/.test(from)
  if (isTest || from.startsWith('test/') || from.startsWith('bench/') || from.startsWith('scripts/')) return undefined
  const isComposition = /^server\/(app|main)\.ts$|^server\/(composition|cli)\//.test(from)
  if (isComposition) return undefined
  if (to.startsWith('test/')) return 'only tests import test code'
  if (from.startsWith('contracts/')) return to.startsWith('contracts/') ? undefined : 'contracts import nothing of ours'
  if (from.startsWith('web/')) {
    if (to.startsWith('contracts/') || to.startsWith('locales/')) return undefined
    if (!to.startsWith('web/')) return 'the web app imports contracts and itself'
    const feature = 'web/src/features/'
    if (from.startsWith('web/src/ui/') && to.startsWith(feature)) return 'the design system knows no feature'
    if (from.startsWith('web/src/lib/') && to.startsWith(feature)) return 'the library knows no feature'
    if (from.startsWith(feature) && to.startsWith(feature) && folderOf(from, feature) !== folderOf(to, feature)) {
      return 'a feature does not import another feature'
    }
    return undefined
  }
  if (from.startsWith('server/kernel/')) {
    return to.startsWith('server/kernel/') ? undefined : 'the kernel imports only itself'
  }
  if (from.startsWith('server/domains/')) {
    if (to.startsWith('server/kernel/') || /^contracts\/(schemas\/|events)/.test(to)) return undefined
    if (to.startsWith('server/domains/')) {
      const same = folderOf(from, 'server/domains/') === folderOf(to, 'server/domains/')
      return same || typeOnly ? undefined : "another domain's service comes in as a type, its instance handed in"
    }
    return 'a domain imports the kernel, schemas, events and itself'
  }
  if (from.startsWith('server/adapters/')) {
    if (to.startsWith('server/kernel/') || to.startsWith('server/adapters/')) return undefined
    if (to.startsWith('server/domains/'))
      return typeOnly ? undefined : 'an adapter imports the types of the port it implements'
    if (to.startsWith('server/workers/')) {
      return typeOnly || /\/(protocol|host)\.ts$/.test(to)
        ? undefined
        : "an adapter imports a worker's host and protocol only"
    }
    return 'an adapter imports the kernel and the ports it implements'
  }
  if (from.startsWith('server/surfaces/')) {
    if (/^(server\/(kernel|surfaces)|contracts)\//.test(to)) return undefined
    return to.startsWith('server/domains/') && typeOnly
      ? undefined
      : 'a surface imports kernel, contracts and service types'
  }
  if (from.startsWith('server/workers/')) {
    if (to.startsWith('server/workers/')) {
      const same = folderOf(from, 'server/workers/') === folderOf(to, 'server/workers/')
      return same ? undefined : 'a worker imports no other worker'
    }
    if (to.startsWith('server/kernel/') && !/kernel\/(db|jobs|bus)\//.test(to)) return undefined
    return typeOnly ? undefined : 'a worker imports its protocol and its library'
  }
  return undefined
}

const files = globSync(['contracts/**/*.ts', 'server/**/*.ts', 'web/src/**/*.{ts,tsx}'], {
  exclude: (name) => name.includes('node_modules'),
}).map((file) => file.replaceAll('\\', '/'))

const graph = new Map<string, string[]>()
const faults: string[] = []
let examined = 0
for (const file of files) {
  const imports = importsOf(file)
  graph.set(
    file,
    imports.filter((one) => !one.typeOnly).map((one) => one.to),
  )
  for (const one of imports) {
    examined++
    const why = objection(file, one)
    if (why !== undefined) faults.push(`${file} imports ${one.to}: ${why}`)
  }
}

/** The first cycle found from `file`, as a path of files. */
function cycleFrom(file: string, path: readonly string[], done: Set<string>): readonly string[] | undefined {
  const at = path.indexOf(file)
  if (at >= 0) return [...path.slice(at), file]
  if (done.has(file)) return undefined
  for (const next of graph.get(file) ?? []) {
    const found = cycleFrom(next, [...path, file], done)
    if (found !== undefined) return found
  }
  done.add(file)
  return undefined
}

const done = new Set<string>()
for (const file of graph.keys()) {
  const cycle = cycleFrom(file, [], done)
  if (cycle !== undefined) faults.push(`a cycle: ${cycle.map((one) => relative('.', one)).join(' → ')}`)
}

if (examined === 0) faults.push('no import was examined: the check itself is broken')
for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exit(1)
console.log(`Import boundaries hold: ${examined} imports of ${files.length} files.`)
