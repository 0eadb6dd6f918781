import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startModelServer } from '#test/fakes/model-server.ts'
import type { ModelServer, Served } from '#test/fakes/model-server.ts'
import { downloadOutbound } from './outbound-download.ts'
import type { Download, Validator } from './outbound-download.ts'

let server: ModelServer
let folder: string
beforeAll(async () => {
  server = await startModelServer()
  folder = await mkdtemp(join(tmpdir(), 'confab-download-'))
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const bytes = randomBytes(300_000)
let path = ''
let number = 0
beforeEach(() => {
  path = join(folder, String(++number))
  server.requests.length = 0
})

async function download(served: Partial<Served>, more: Partial<Download> = {}): Promise<(Validator | undefined)[]> {
  server.serve('/file', { bytes, ...served })
  const said: (Validator | undefined)[] = []
  await downloadOutbound({
    url: `${server.url}/file`,
    path,
    allowPrivate: true,
    mostBytes: 1_000_000,
    validator: undefined,
    stallMs: 10_000,
    tries: 4,
    retryMs: 1,
    signal: new AbortController().signal,
    onValidator: async (validator) => void said.push(validator),
    onBytes: () => {},
    ...more,
  })
  return said
}

const kept = (): Promise<Buffer> => readFile(path)

describe('a download', () => {
  test('brings the file, and says by what the rest of it can be asked for', async () => {
    expect(await download({})).toEqual([{ ifRange: '"one"', total: bytes.length }])
    expect(await kept()).toEqual(bytes)
    expect(server.requests).toEqual([{ path: '/file', range: undefined, ifRange: undefined }])
  })

  test('goes on where the connection broke off, each time', async () => {
    // Of a broken connection what was not yet read is lost: more than that comes each time.
    const large = randomBytes(6_000_000)
    const answers = [{ dropAfter: 2_000_000 }, { dropAfter: 2_000_000 }, {}]
    await download({ bytes: large, answers }, { mostBytes: large.length })
    expect((await kept()).equals(large)).toBe(true)
    expect(server.requests.map(({ ifRange }) => ifRange)).toEqual([undefined, '"one"', '"one"'])
    const [, second = 0, third = 0] = server.requests.map(({ range }) => Number(/\d+/.exec(range ?? '0')?.[0]))
    expect(second).toBeGreaterThan(0)
    expect(third).toBeGreaterThan(second)
  })

  test('goes on with what an earlier process left', async () => {
    await writeFile(path, bytes.subarray(0, 123_456))
    await download({}, { validator: { ifRange: '"one"', total: bytes.length } })
    expect(await kept()).toEqual(bytes)
    expect(server.requests[0]?.range).toBe('bytes=123456-')
  })

  test('begins anew where the file is another one now', async () => {
    await writeFile(path, randomBytes(1000))
    await download({ etag: '"two"' }, { validator: { ifRange: '"one"', total: bytes.length } })
    expect(await kept()).toEqual(bytes)
    expect(server.requests).toHaveLength(1)
  })

  test.each([
    ['no validator was kept', {}, undefined],
    ['the server has no ranges', { noRanges: true }, { ifRange: '"one"', total: null }],
    ['only a weak ETag is there', { etag: 'W/"one"' }, { ifRange: 'W/"one"', total: null }],
  ])('begins anew where %s', async (_when, served, validator) => {
    await writeFile(path, bytes.subarray(0, 1000))
    await download(served, { validator: validator?.ifRange.startsWith('W/') ? undefined : validator })
    expect(await kept()).toEqual(bytes)
  })

  test('knows by 416 that everything is here, or that it is of no use', async () => {
    await writeFile(path, bytes)
    await download({}, { validator: { ifRange: '"one"', total: null } })
    expect(await kept()).toEqual(bytes)
    expect(server.requests).toHaveLength(1)
    await writeFile(path, randomBytes(400_000))
    await download({}, { validator: { ifRange: '"one"', total: null } })
    expect(await kept()).toEqual(bytes)
  })

  test('leaves a connection that stalls, and goes on with another one', async () => {
    await download({ answers: [{ stallAfter: 50_000 }, {}] }, { stallMs: 200 })
    expect(await kept()).toEqual(bytes)
    expect(server.requests[1]?.range).toMatch(/^bytes=\d+-$/)
  })

  test('tries again what passes by, and gives up in the end', async () => {
    await download({ answers: [{ status: 503 }, { status: 429, headers: { 'retry-after': '0' } }, {}] })
    expect(await kept()).toEqual(bytes)
    await expect(download({ answers: [{ status: 500 }] })).rejects.toMatchObject({
      code: 'outbound.failed',
      data: { why: 'it answered 500' },
    })
    expect(server.requests).toHaveLength(7)
  })

  test.each([
    ['a file that is not there', { answers: [{ status: 404 }] }, {}, 'outbound.failed'],
    ['more than is taken', {}, { mostBytes: 1000 }, 'outbound.too-large'],
    ['a private address', {}, { allowPrivate: false }, 'outbound.refused'],
    ['a redirect without end', { answers: [{ redirectTo: '/file' }] }, {}, 'outbound.failed'],
    ['a redirect to a file', { answers: [{ redirectTo: 'file:///etc/passwd' }] }, {}, 'outbound.refused'],
  ])('gives %s up at once', async (_what, served, more, code) => {
    await expect(download(served, more)).rejects.toMatchObject({ code })
    expect(server.requests.length).toBeLessThanOrEqual(6)
  })

  test('ends when it is told to, and keeps what is here', async () => {
    const abort = new AbortController()
    const ended = download(
      { answers: [{ stallAfter: 100_000 }] },
      { signal: abort.signal, onBytes: (here) => here >= 100_000 && abort.abort(new Error('enough')) },
    )
    await expect(ended).rejects.toThrow('enough')
    expect((await kept()).equals(bytes.subarray(0, 100_000))).toBe(true)
  })
})
