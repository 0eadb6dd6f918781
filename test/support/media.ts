import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestApp } from './app.ts'
import type { Answer } from './accounts-client.ts'

/** Fields and one file, as a browser's form sends them. */
export interface Upload {
  readonly name: string
  readonly bytes: Buffer
  readonly fields?: Readonly<Record<string, string>>
  /** The form's field of the file; `file` unless told. */
  readonly field?: string
}

const BOUNDARY = 'confab-test-boundary'

/** The bytes of a form; its fields stand behind the file, the harder order. */
export function formOf({ name, bytes, fields = {}, field = 'file' }: Upload): { type: string; body: Buffer } {
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${field}"; filename="${name.replaceAll('"', '%22')}"\r\nContent-Type: application/octet-stream\r\n\r\n`
  const rest = Object.entries(fields).map(
    ([key, value]) => `\r\n--${BOUNDARY}\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${value}`,
  )
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`${rest.join('')}\r\n--${BOUNDARY}--\r\n`)])
  return { type: `multipart/form-data; boundary=${BOUNDARY}`, body }
}

/** Uploads as somebody. */
export async function upload(app: Pick<TestApp, 'http'>, token: string, what: Upload): Promise<Answer> {
  const { type, body } = formOf(what)
  const answer = await app.http.inject({
    method: 'POST',
    url: '/api/v1/media/upload',
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    payload: body,
  })
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers }
}

/** A film (or a sound) that ffmpeg draws: `seconds` long, with a tone, in `folder`. */
export function makeFilm(
  folder: string,
  name: string,
  { seconds = 1, size = '160x120', extra = [] }: { seconds?: number; size?: string; extra?: readonly string[] } = {},
): Buffer {
  const path = join(folder, name)
  const isSound = /\.(mp3|wav|flac|ogg)$/.test(name)
  execFileSync('ffmpeg', [
    '-v',
    'error',
    '-y',
    ...(isSound ? [] : ['-f', 'lavfi', '-i', `testsrc=size=${size}:rate=15:duration=${seconds}`]),
    '-f',
    'lavfi',
    '-i',
    `sine=frequency=440:duration=${seconds}`,
    ...extra,
    path,
  ])
  return readFileSync(path)
}
