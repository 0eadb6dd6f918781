// Runs every layer of tests (unit, database, conformance, faults, browsers) and ends with one line: `N passed, N failed`.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'confab-test-'))
const report = join(folder, 'report.json')

/** Runs a command in the foreground; resolves with its exit code. */
function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit' })
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numFailedTestSuites: number
}

let passed = 0
let failed = 0
try {
  const built = await run(process.execPath, ['scripts/build-web.ts', '--if-stale'])
  if (built !== 0) {
    console.error('The web app does not build.')
    failed++
  } else {
    const vitest = join('node_modules', 'vitest', 'vitest.mjs')
    const reporters = [
      '--reporter=default',
      '--reporter=./scripts/why-retried.ts',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ]
    const code = await run(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)])
    if (existsSync(report)) {
      const result = JSON.parse(readFileSync(report, 'utf8')) as Report
      passed = result.numPassedTests
      failed = result.numFailedTests
    }
    // A file that cannot be loaded, an unhandled rejection or a crash fails no single test, but the run.
    if (code !== 0 && failed === 0) failed = 1
    if (passed === 0 && failed === 0) failed = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
