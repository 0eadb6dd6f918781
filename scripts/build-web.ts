// Builds web/dist. With --if-stale, only when something it is made of has changed since.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const root = fileURLToPath(new URL('..', import.meta.url))
const stampFile = join(root, 'web/dist/.built-from')
const madeOf = [
  'web/src',
  'web/public',
  'web/index.html',
  'web/vite.config.ts',
  'contracts',
  'locales',
  'package-lock.json',
  'package.json',
]

function filesIn(path: string): string[] {
  try {
    return readdirSync(join(root, path), { withFileTypes: true })
      .flatMap((entry) => (entry.isDirectory() ? filesIn(join(path, entry.name)) : [join(path, entry.name)]))
      .toSorted()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [path]
    throw error
  }
}

/** A hash over every file the build reads. Tests are no part of it. */
function contentHash(): string {
  const hash = createHash('sha256').update('compressed')
  for (const path of madeOf.flatMap(filesIn)) {
    if (/\.test\.tsx?$/.test(path)) continue
    const content = readFileSync(join(root, path))
    hash.update(`${path}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

function builtFrom(): string | undefined {
  try {
    return readFileSync(stampFile, 'utf8')
  } catch {
    return undefined
  }
}

/** Pictures and fonts of newer kinds are compressed as they are. */
const COMPRESSIBLE = /\.(js|css|svg|json|ttf|webmanifest)$/
/** Below this a packet is sent anyway. */
const LEAST_BYTES = 1_024

/** Leaves each file of the build compressed beside itself, as the server hands it out (RFC 9110, section 8.4.1). */
function compressBuild(): void {
  for (const path of filesIn('web/dist')) {
    if (!COMPRESSIBLE.test(path)) continue
    const content = readFileSync(join(root, path))
    if (content.length < LEAST_BYTES) continue
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
    writeFileSync(join(root, `${path}.br`), brotliCompressSync(content, { params }))
    writeFileSync(join(root, `${path}.gz`), gzipSync(content, { level: 9 }))
  }
}

const wanted = contentHash()
if (process.argv.includes('--if-stale') && builtFrom() === wanted) {
  console.log('Web app: up to date.')
} else {
  const began = performance.now()
  // Whoever asks (a test's runner says `test` here): a development build of React is twice as large.
  process.env['NODE_ENV'] = 'production'
  const { build } = await import('vite')
  try {
    await build({ root: join(root, 'web'), configFile: join(root, 'web/vite.config.ts'), logLevel: 'warn' })
  } catch (error) {
    console.error(`Web app: not built. ${error instanceof Error ? error.message : String(error)}`)
    process.exit(1)
  }
  compressBuild()
  mkdirSync(join(root, 'web/dist'), { recursive: true })
  writeFileSync(stampFile, wanted)
  console.log(`Web app: built in ${((performance.now() - began) / 1000).toFixed(1)} s.`)
}
