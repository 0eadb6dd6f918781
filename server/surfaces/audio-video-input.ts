import '@fastify/multipart'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { FastifyRequest } from 'fastify'
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { DenoisingRequest, SpeechRequest } from '#contracts/schemas/ai.ts'
import type { SoundSource, Workspace } from '#domains/ai/sounds.ts'
import { Fault } from '#kernel/fault.ts'
import { invalidRequest, refuseFlaws } from './validation.ts'

/** What reading sound out of requests needs. */
export interface SoundInput {
  workspace(): Promise<Workspace>
  /** The largest file of a form, in bytes. */
  readonly mostBytes: number
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** Checks a body by the schema of its contract. @throws Fault `request.invalid` */
export function checkerOf<S extends TSchema>(schema: S): (body: unknown) => Static<S> {
  const compiled = Compile(schema)
  return (body) => {
    if (compiled.Check(body)) {
      refuseFlaws('body', body)
      return body
    }
    const [first] = compiled.Errors(body)
    const field = first?.instancePath.slice(1).replaceAll('/', '.') ?? ''
    throw wrong(field, `${field === '' ? 'the body' : field} ${first?.message ?? 'is not valid'}`)
  }
}

const checkSpeech = checkerOf(SpeechRequest)
const checkDenoising = checkerOf(DenoisingRequest)

/** A request for something to be made of speech, with its sound, for as long as `act` runs. */
export const withSpeech = <T>(
  request: FastifyRequest,
  input: SoundInput,
  act: (asked: SpeechRequest, source: SoundSource) => Promise<T>,
): Promise<T> => withSound(request, input, checkSpeech, act)

/** A request for denoising, with its sound, for as long as `act` runs. */
export const withNoise = <T>(
  request: FastifyRequest,
  input: SoundInput,
  act: (asked: DenoisingRequest, source: SoundSource) => Promise<T>,
): Promise<T> => withSound(request, input, checkDenoising, act)

type AnySource = Pick<SpeechRequest, 'audio_url' | 'file_id' | 'audio_data'>

async function withSound<A extends AnySource, T>(
  request: FastifyRequest,
  input: SoundInput,
  check: (body: unknown) => A,
  act: (asked: A, source: SoundSource) => Promise<T>,
): Promise<T> {
  if (!request.isMultipart()) {
    const asked = check(request.body)
    return await act(asked, sourceOf(asked))
  }
  const work = await input.workspace()
  try {
    const { fields, path } = await readForm(request, {
      field: 'audio',
      folder: work.folder,
      mostBytes: input.mostBytes,
    })
    const asked = check(fields)
    const others = [asked.audio_url, asked.file_id, asked.audio_data].filter((one) => one !== undefined)
    if (path !== undefined && others.length > 0) throw oneSource()
    return await act(asked, path === undefined ? sourceOf(asked) : { from: 'path', path })
  } finally {
    await work.remove()
  }
}

/** The plain fields of a form and the path of its one file; empty fields count as left out. */
export async function readForm(
  request: FastifyRequest,
  options: { field: string; folder: string; mostBytes: number },
): Promise<{ fields: Record<string, string>; path: string | undefined; name: string }> {
  const limits = { fileSize: options.mostBytes, files: 1, fields: 10, fieldSize: 10_000, parts: 12 }
  const fields: Record<string, string> = {}
  let path: string | undefined
  let name = ''
  for await (const part of request.parts({ limits })) {
    if (part.type === 'field') {
      if (typeof part.value === 'string' && part.value !== '') fields[part.fieldname] = part.value
    } else if (part.fieldname === options.field) {
      path = join(options.folder, 'upload')
      // A form need not name its file.
      name = (part.filename as string | undefined) ?? ''
      await pipeline(part.file, createWriteStream(path, { mode: 0o600 }))
      if (part.file.truncated) {
        throw new Fault('too-large', 'request.too-large', `The file is larger than ${options.mostBytes} bytes`)
      }
    } else part.file.resume()
  }
  return { fields, path, name }
}

function sourceOf({ audio_url: url, file_id: fileId, audio_data: data }: AnySource): SoundSource {
  if ([url, fileId, data].filter((one) => one !== undefined).length !== 1) throw oneSource()
  if (url !== undefined) return { from: 'url', url }
  if (fileId !== undefined) return { from: 'file', fileId }
  return { from: 'bytes', bytes: decode(data ?? '') }
}

function decode(text: string): Buffer {
  const base64 = text.replace(/^data:[^,]{0,100},/, '').replaceAll(/[\r\n]/g, '')
  if (!BASE64.test(base64) || base64.length % 4 === 1) throw wrong('audio_data', 'audio_data is no base64')
  return Buffer.from(base64, 'base64')
}

/** The fault of a body whose `field` is wrong. */
export function wrong(field: string, details: string): Fault {
  return invalidRequest({ in: 'body', field, fields: [field], reason: 'other', details })
}

const oneSource = (): Fault =>
  wrong('audio_url', 'exactly one of audio_url, file_id, audio_data, or a form with a file in audio, is asked for')
