import { writeSync } from 'node:fs'
import type { Reporter, TestCase } from 'vitest/node'

/** Says of each test that passed only when it was tried again what its first try failed with: such a test hides a bug. */
export default class WhyRetried implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const { state, errors = [] } = test.result()
    if (state !== 'passed' || errors.length === 0) return
    const why = errors.map(({ message, stacks }) => {
      const [at] = stacks ?? []
      return `  ${message}${at === undefined ? '' : `\n    at ${at.file}:${at.line}`}`
    })
    writeSync(2, `\nNeeded another try: ${test.fullName} (${test.module.relativeModuleId})\n${why.join('\n')}\n`)
  }
}
