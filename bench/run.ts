// `npm run bench [area …] [-- --minutes N]`: runs the benchmarks one after the other and prints what each measured beside its peer or limit.
import { globSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Benchmark } from './measurement.ts'

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  // For the soak alone: how long it goes on.
  options: { minutes: { type: 'string' } },
})
const files = globSync('bench/*/main.ts').toSorted()
const areas = files.filter((file) => wanted.length === 0 || wanted.includes(basename(dirname(file))))
if (areas.length === 0) {
  console.error(
    `There is no benchmark ${wanted.join(', ')}; there are ${files.map((file) => basename(dirname(file))).join(', ')}`,
  )
  process.exit(1)
}

let failed = 0
for (const file of areas) {
  const { benchmark } = (await import(resolve(file))) as { benchmark: Benchmark }
  console.log(`\n## ${benchmark.title}`)
  try {
    for (const one of await benchmark.run(options)) {
      const ratio = one.ratio === undefined ? '' : `  ratio ${one.ratio.toFixed(2)}`
      const asked = one.asked === undefined ? '' : `  (asked: ${one.asked}${one.holds === false ? ' — NOT MET' : ''})`
      console.log(
        `${one.name}\n    ${one.measured}${one.beside === undefined ? '' : `  |  ${one.beside}`}${ratio}${asked}`,
      )
    }
  } catch (error) {
    failed++
    console.error(`  failed: ${(error as Error).message}`)
  }
}
process.exit(failed === 0 ? 0 : 1)
