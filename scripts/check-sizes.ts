// A file is about one thing: past 400 lines it is two things (docs/architecture.md).
import { globSync, readFileSync } from 'node:fs'

const MOST_LINES = 400
const files = globSync([
  'contracts/**/*.ts',
  'server/**/*.ts',
  'web/src/**/*.{ts,tsx}',
  'test/**/*.ts',
  'bench/**/*.ts',
])
const long = files
  .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
  .filter(({ lines }) => lines > MOST_LINES)
for (const { file, lines } of long) console.error(`${file} has ${lines} lines, more than ${MOST_LINES}: split it`)
if (files.length === 0) console.error('no file was examined')
if (long.length > 0 || files.length === 0) process.exit(1)
