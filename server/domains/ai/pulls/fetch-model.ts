import { link, lstat, mkdir, open, rename, rm, copyFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sha256OfFile } from '#kernel/outbound-download.ts'
import type { Validator } from '#kernel/outbound-download.ts'
import { faults } from '../faults.ts'
import { bytesOf } from '../known-model.ts'
import type { KnownModel } from '../known-model.ts'
import type { Manifest } from '../manifest.ts'
import type { Downloader } from '../ports.ts'

/** Kept free on the disk, whatever comes. */
const MARGIN_BYTES = 64 * 1024 * 1024

export interface FetchParts {
  readonly model: KnownModel
  /** Where its files are brought; the parts of an earlier try may be there. */
  readonly folder: string
  /** The installed model, whose good files are not fetched again; it may be missing. */
  readonly installed: string
  readonly downloader: Downloader
  readonly mostBytes: number
  readonly validators: Record<string, Validator>
  readonly signal: AbortSignal
  /** What was said of a file; written down before its bytes come. */
  noteValidators(): Promise<void>
  onProgress(bytes: number, file: string | null): void
}

/**
 * Brings every file of a model into a folder and writes its manifest there, hashes and sizes of files nobody published
 * them of included.
 * @throws Fault `ai.wrong-bytes`, `ai.disk-full`, and those of the downloader; the signal's reason
 */
export async function fetchModel(parts: FetchParts): Promise<Manifest> {
  const { model, folder, signal } = parts
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await checkSpace(parts)
  const files: Manifest['files'] = []
  let before = 0
  for (const file of model.files) {
    signal.throwIfAborted()
    const path = join(folder, file.path)
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    if (!(await isHere(parts, file, path))) await bring(parts, file, path, before)
    const { size } = await lstat(path)
    files.push(
      file.sha256 === undefined
        ? { ...file, sha256: await sha256OfFile(path, signal), bytes: size, recorded: true }
        : { ...file, sha256: file.sha256, bytes: size },
    )
    before += size
    parts.onProgress(before, null)
  }
  const { note: _note, ...about } = model
  const manifest: Manifest = { ...about, files }
  await writeDurably(join(folder, 'model.json'), JSON.stringify(manifest, null, 2))
  return manifest
}

type File = KnownModel['files'][number]

/** Whether the right file is in place: from an earlier try, or from the installed model. */
async function isHere(parts: FetchParts, file: File, path: string): Promise<boolean> {
  if (await isRight(path, file, parts.signal)) return true
  await rm(path, { force: true })
  const old = join(parts.installed, file.path)
  if (file.sha256 === undefined || !(await isRight(old, file, parts.signal))) return false
  await link(old, path).catch(() => copyFile(old, path))
  return true
}

async function isRight(path: string, { bytes, sha256 }: File, signal: AbortSignal): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined || !found.isFile()) return false
  if (bytes !== undefined && found.size !== bytes) return false
  return sha256 === undefined || (await sha256OfFile(path, signal)) === sha256
}

async function bring(parts: FetchParts, file: File, path: string, before: number): Promise<void> {
  const { downloader, mostBytes, signal, validators } = parts
  const part = `${path}.part`
  const hadPart = (await lstat(part).catch(() => undefined))?.size !== undefined
  for (let isAgain = false; ; isAgain = true) {
    await downloader.download({
      url: file.url ?? '',
      path: part,
      // More than a published size is wrong from the first byte too many on.
      mostBytes: file.bytes ?? mostBytes,
      validator: validators[file.path],
      signal,
      onValidator: async (validator) => {
        if (validator === undefined) Reflect.deleteProperty(validators, file.path)
        else validators[file.path] = validator
        await parts.noteValidators()
      },
      onBytes: (bytes) => parts.onProgress(before + bytes, file.path),
    })
    // The hash is known before the name is there.
    if (await isRight(part, file, signal)) break
    await rm(part, { force: true })
    // What an earlier try left may have been another file; one fetched from its first byte on is what the address has.
    if (isAgain || !hadPart) throw faults.wrongBytes(file.path)
  }
  await rename(part, path)
}

async function checkSpace({ model, folder, downloader }: FetchParts): Promise<void> {
  const free = await downloader.freeBytes(folder)
  let need = MARGIN_BYTES
  for (const { path, bytes = 0 } of model.files) {
    const here = await lstat(join(folder, path)).catch(() => lstat(join(folder, `${path}.part`)).catch(() => undefined))
    need += Math.max(0, bytes - (here?.size ?? 0))
  }
  if (need > free) throw faults.diskFull(need, free)
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Bytes of a model's files as far as anybody knows: said by the manifest, or by the servers asked so far. */
export function totalOf(model: KnownModel, validators: Readonly<Record<string, Validator>>): number | null {
  const known = bytesOf(model)
  if (known !== null) return known
  let sum = 0
  for (const { path, bytes } of model.files) {
    const one = bytes ?? validators[path]?.total ?? undefined
    if (one === undefined) return null
    sum += one
  }
  return sum
}
