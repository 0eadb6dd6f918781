import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync, crc32 } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { createAvatarFiles } from './avatar-files.ts'

const folder = await mkdtemp(join(tmpdir(), 'confab-avatars-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const avatars = createAvatarFiles(folder)

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#2563eb' } })

async function kept(bytes: Buffer): Promise<{ path: string; bytes: Buffer }> {
  const path = await avatars.keep(randomUUID(), bytes)
  const file = await avatars.open(path.slice('/avatars/'.length))
  const content = (await file?.readFile()) ?? Buffer.alloc(0)
  await file?.close()
  return { path, bytes: content }
}

/** A PNG that says it is `side` × `side` pixels, of little data. */
function bomb(side: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header.set([1, 0, 0, 0, 0], 8)
  const row = Buffer.alloc(Math.ceil(side / 8) + 1)
  const rows = Buffer.concat(Array.from({ length: side }, () => row))
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([magic, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

test.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)('a %s becomes a square of 512', async (format) => {
  const { path, bytes } = await kept(await picture(900, 300).toFormat(format).toBuffer())
  expect(path).toMatch(/^\/avatars\/[0-9a-f-]{36}-[0-9a-f]{32}\.webp$/)
  const { format: kind, width, height } = await sharp(bytes).metadata()
  expect({ kind, width, height }).toEqual({ kind: 'webp', width: 512, height: 512 })
})

test('what a camera writes into a picture is not kept', async () => {
  const secret = 'taken at home'
  const bytes = await picture(64, 64)
    .jpeg()
    .withExif({ IFD0: { ImageDescription: secret } })
    .toBuffer()
  expect(bytes.includes(secret)).toBe(true)
  const { bytes: stored } = await kept(bytes)
  expect(stored.includes(secret)).toBe(false)
  expect((await sharp(stored).metadata()).exif).toBeUndefined()
})

test('anything else is refused, and nothing stays behind', async () => {
  const before = await readdir(folder)
  const png = await picture(64, 64).png().toBuffer()
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('hello'),
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><image href="/etc/passwd"/></svg>'),
    png.subarray(0, 40),
    Buffer.concat([png.subarray(0, 8), Buffer.from('<html>')]),
    bomb(20_000),
  ]) {
    await expect(avatars.keep(randomUUID(), bytes)).rejects.toMatchObject({ code: 'accounts.avatar-invalid' })
  }
  expect(await readdir(folder)).toEqual(before)
})

test('only names that we gave are opened or removed', async () => {
  const { path } = await kept(await picture(10, 10).png().toBuffer())
  for (const name of ['', '..', '../../etc/passwd', 'x.webp', path, `${path.slice(9)}/../x`]) {
    expect(await avatars.open(name)).toBeUndefined()
    await avatars.forget(name)
  }
  await avatars.forget(path)
  expect(await avatars.open(path.slice(9))).toBeUndefined()
  await avatars.forget(path)
})
