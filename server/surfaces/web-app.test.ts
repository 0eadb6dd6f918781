import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { fastify } from 'fastify'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveWebApp } from './web-app.ts'

const SCRIPT = 'console.log("a script of the web app")\n'.repeat(100)

let folder: string
let app: FastifyInstance

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-web-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<!doctype html>')
  await writeFile(join(folder, 'assets/app-1.js'), SCRIPT)
  await writeFile(join(folder, 'assets/app-1.js.br'), brotliCompressSync(SCRIPT))
  await writeFile(join(folder, 'assets/app-1.js.gz'), gzipSync(SCRIPT))
  await writeFile(join(folder, 'assets/small-1.js'), '1')
  app = fastify()
  serveWebApp(app, folder)
  await app.ready()
})
afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true, force: true })
})

const get = (path: string, encodings?: string) =>
  app.inject({ url: path, headers: encodings === undefined ? {} : { 'accept-encoding': encodings } })

test.each([
  ['br', 'gzip, deflate, br', brotliDecompressSync],
  ['gzip', 'gzip', gunzipSync],
] as const)('a browser that takes %s gets it, for ever and by its own type', async (encoding, accepted, decompress) => {
  const answer = await get('/assets/app-1.js', accepted)
  expect(answer.statusCode).toBe(200)
  expect(answer.headers).toMatchObject({
    'content-encoding': encoding,
    'cache-control': 'public, max-age=31536000, immutable',
    vary: expect.stringContaining('accept-encoding') as string,
  })
  expect(answer.headers['content-type']).toContain('javascript')
  expect(decompress(answer.rawPayload).toString()).toBe(SCRIPT)
})

test('who takes no compression, and a file that has none, get it as it is', async () => {
  const plain = await get('/assets/app-1.js')
  expect(plain.headers['content-encoding']).toBeUndefined()
  expect(plain.body).toBe(SCRIPT)
  const small = await get('/assets/small-1.js', 'br, gzip')
  expect(small.headers['content-encoding']).toBeUndefined()
  expect(small.body).toBe('1')
})

test('the page and what stands beside it are looked for anew each time; what is not there is not', async () => {
  const page = await get('/index.html')
  expect(page.headers['cache-control']).toBe('no-cache')
  expect(page.body).toBe('<!doctype html>')
  const missing = await Promise.all(
    ['/assets/gone.js', '/assets/../../package.json', '/gone.txt'].map((path) => get(path)),
  )
  expect(missing.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404])
})
