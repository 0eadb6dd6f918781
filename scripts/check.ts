// Everything that can be told without running the product: types, lint, format, dead code, import boundaries.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const bin = (name: string): string => join('node_modules', '.bin', name)

const steps: readonly (readonly [string, string, readonly string[]])[] = [
  ['types of the server', bin('tsc'), ['-p', 'tsconfig.json']],
  ['types of the web app', bin('tsc'), ['-p', 'web/tsconfig.json']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings']],
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['dead code', bin('knip'), ['--no-progress']],
  ['import boundaries', process.execPath, ['scripts/check-boundaries.ts']],
  ['file sizes', process.execPath, ['scripts/check-sizes.ts']],
]

const failed: string[] = []
for (const [name, command, args] of steps) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  if (status !== 0) failed.push(name)
}
if (failed.length > 0) {
  console.error(`Not clean: ${failed.join(', ')}`)
  process.exit(1)
}
console.log('Clean: types, lint, format, dead code, import boundaries, file sizes.')
