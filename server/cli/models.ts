import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createModelKeeping } from '../composition/ai-keeping.ts'
import type { Config } from '../config.ts'
import { catalogue } from '#domains/ai/catalogue.ts'
import { RNNOISE } from '#domains/ai/denoising.ts'
import { faults } from '#domains/ai/faults.ts'
import type { Keeping } from '#domains/ai/keeping.ts'
import { bytesOf, isPullable } from '#domains/ai/known-model.ts'
import { PROBLEMS } from '#domains/ai/model-folders.ts'
import type { PullView } from '#domains/ai/pulls/pulls.ts'
import { systemClock } from '#kernel/clock.ts'
import { isFault } from '#kernel/fault.ts'
import { createLog } from '#kernel/log.ts'

const USAGE = `Usage: confab models list           print the models of this machine and of the catalogue
       confab models pull ID        download a model, or the rest of it
       confab models import PATH    take a model over from a folder, or a .tar, .tar.gz, .tar.bz2, .zip
       confab models verify [ID]    hash the files of a model, or of all
       confab models rm ID          delete a model's files`

/** On a terminal the line is drawn anew so often; elsewhere a line is printed so often. */
const DRAW_EVERY_MS = 200
const PRINT_EVERY_MS = 5_000

/**
 * Runs `confab models …` on the data directory, beside a running server or without one; resolves with the exit code:
 * 0 done, 1 refused or failed, 2 typed wrongly.
 */
export async function runModels(config: Config, args: readonly string[]): Promise<number> {
  const [command = '', ...rest] = args
  const takes: Readonly<Record<string, readonly number[]>> = {
    list: [0],
    pull: [1],
    import: [1],
    verify: [0, 1],
    rm: [1],
  }
  if (!takes[command]?.includes(rest.length)) {
    console.error(USAGE)
    return 2
  }
  const log = createLog({ level: config.core.logLevel === 'silent' ? 'silent' : 'error' })
  const keeping = createModelKeeping({ core: config.core, ai: config.ai, clock: systemClock, log, onChange: () => {} })
  const [name = ''] = rest
  try {
    if (name === RNNOISE && command !== 'import') throw faults.builtIn(name)
    switch (command) {
      case 'list':
        return await list(keeping)
      case 'pull':
        return await pull(keeping, name)
      case 'import':
        return await bring(keeping, resolve(name))
      case 'verify':
        return await verify(keeping, name)
      default:
        await keeping.remove(name)
        console.log(`${name} was deleted.`)
        return 0
    }
  } catch (error) {
    if (!isFault(error)) throw error
    console.error(`confab: ${error.message}.`)
    return 1
  }
}

async function list({ folders, pulls }: Keeping): Promise<number> {
  const installed = await folders.list()
  const rows: string[][] = [['ID', 'STATE', 'SIZE', 'TYPE', 'LICENCE']]
  const seen = new Set<string>()
  for (const { id, manifest, problem } of installed) {
    seen.add(id)
    const bytes = manifest === undefined ? null : bytesOf(manifest)
    const isRecorded = manifest?.files.some(({ recorded }) => recorded === true) === true
    const state = problem === null ? `installed${isRecorded ? ' (hash recorded here)' : ''}` : `broken: ${problem}`
    rows.push([id, state, sizeOf(bytes), manifest?.type ?? '', manifest?.licence ?? ''])
  }
  for (const { id, model } of await pulls.list()) {
    const view = await pulls.view(id)
    if (seen.has(id) || view === undefined) continue
    seen.add(id)
    rows.push([id, `${view.state} ${percentOf(view)}`, sizeOf(view.progress.total), model.type, model.licence])
  }
  for (const model of catalogue) {
    if (seen.has(model.id)) continue
    const state = isPullable(model) ? 'available' : 'to be imported'
    rows.push([model.id, state, sizeOf(bytesOf(model)), model.type, model.licence])
  }
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  for (const row of rows)
    console.log(
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
  return 0
}

async function pull(keeping: Keeping, id: string): Promise<number> {
  const { pulls, folders } = keeping
  let over: Promise<void>
  try {
    over = (await pulls.pull(id)).done
  } catch (error) {
    const elsewhere = isFault(error, 'ai.occupied') ? await pulls.view(id) : undefined
    if (elsewhere?.state !== 'downloading') throw error
    console.log(`${id} is being downloaded by the server; this follows it.`)
    over = follow(keeping, id)
  }
  // A first Ctrl-C keeps what is here; the download goes on when it is asked for again.
  const cancel = (): void => void pulls.cancel(id).catch(() => {})
  process.once('SIGINT', cancel).once('SIGTERM', cancel)
  const shown = showProgress(keeping, id)
  try {
    await over
  } finally {
    await shown.end()
    process.off('SIGINT', cancel).off('SIGTERM', cancel)
  }
  const { files } = await folders.manifest(id)
  const recorded = files.filter((file) => file.recorded === true)
  console.log(`${id} is installed.`)
  if (recorded.length > 0) {
    console.log('Not verified against a published hash; recorded as it came:')
    for (const { path, sha256 } of recorded) console.log(`  ${sha256}  ${path}`)
  }
  return 0
}

/** Waits for a download that another process does. */
async function follow({ pulls, folders }: Keeping, id: string): Promise<void> {
  for (;;) {
    const view = await pulls.view(id)
    if (view === undefined) return await folders.manifest(id).then(() => {})
    if (view.state !== 'downloading') throw faults.pullBroken(id, view.reason ?? view.state)
    await delay(DRAW_EVERY_MS)
  }
}

function showProgress({ pulls }: Keeping, id: string): { end(): Promise<void> } {
  const { isTTY } = process.stdout
  let drawing = Promise.resolve()
  const draw = async (): Promise<void> => {
    const view = await pulls.view(id)
    if (view?.state !== 'downloading') return
    const { bytes, total, speed, file } = view.progress
    const line = `${id}  ${percentOf(view)}  ${sizeOf(bytes)} of ${sizeOf(total)}  ${sizeOf(speed)}/s  ${file ?? ''}`
    if (isTTY) process.stdout.write(`\r\x1b[2K${line.slice(0, (process.stdout.columns ?? 80) - 1)}`)
    else console.log(line.trimEnd())
  }
  const timer = setInterval(() => void (drawing = drawing.then(draw)), isTTY ? DRAW_EVERY_MS : PRINT_EVERY_MS)
  return {
    end: async () => {
      clearInterval(timer)
      await drawing
      if (isTTY) process.stdout.write('\r\x1b[2K')
    },
  }
}

async function bring(keeping: Keeping, path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) {
    console.error(`confab: there is nothing at ${path}`)
    return 1
  }
  const { id } = await (found.isDirectory() ? keeping.importFolder(path) : keeping.importArchive(path))
  console.log(`${id} is installed.`)
  return 0
}

async function verify({ folders, verify: check }: Keeping, name: string): Promise<number> {
  const ids = name === '' ? (await folders.list()).map(({ id }) => id) : [name]
  if (ids.length === 0) console.log('No model is installed.')
  let isGood = true
  for (const id of ids) {
    const problems = await check(id)
    if (problems.length === 0) {
      const { files } = await folders.manifest(id)
      const isRecorded = files.some(({ recorded }) => recorded === true)
      console.log(`${id}: good${isRecorded ? ', by hashes recorded here when it came' : ''}`)
    } else isGood = false
    for (const { path, problem } of problems) console.log(`${id}: ${path} ${PROBLEMS[problem]}`)
  }
  return isGood ? 0 : 1
}

const percentOf = ({ progress: { bytes, total } }: PullView): string =>
  total === null || total === 0 ? '' : `${Math.floor((100 * bytes) / total)} %`

function sizeOf(bytes: number | null): string {
  if (bytes === null) return '?'
  if (bytes < 1000) return `${bytes} B`
  const at = Math.min(3, Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1000 ** at).toFixed(1)} ${['B', 'kB', 'MB', 'GB'][at]}`
}
