import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { create, Header } from 'tar'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { unpackArchive } from './archives.ts'

let folder: string
let from: string
let to: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-archives-'))
  from = join(folder, 'from')
  to = join(folder, 'to')
  await mkdir(join(from, 'deep'), { recursive: true })
  await mkdir(to)
})
afterEach(() => rm(folder, { recursive: true }))

const archive = (): string => join(folder, 'archive')
const unpack = (limits = {}): Promise<void> =>
  unpackArchive(archive(), to, { mostBytes: 1_000_000, mostFiles: 20, ...limits })

/** The tar of the same files, as the usual programs pack it. */
const BZIP2 =
  'QlpoOTFBWSZTWecO5TsAYi5/kMmAAEBABf+AAACEIWYX3moEAAAIMADhkIpKnk9MqPSbRPU0YyjRtTyhjJpkDJoZBkaYEYFKqjEGENBgAgyZ3E28fWl5v5EFEmrfrLzEBw3T9+VtFxLSJAYNs/CeSSCkFyAQiwJ3hIVQRQBjHYviw0+EjBu3woFYFAr17ZZxYPZIBeM0i6kFlkocoljlKZDN5yzfUpcWWlWs5I5p1OaJKC/CSUF3/rR3IkoLNVEoLVhYPBy5okoLp5cUxI3Fuic04J/apMSqZ6pfx4beyp/i7kinChIc4dynYA=='

/** A tar of entries that no well-meaning program writes. */
function tarOf(
  entries: {
    path: string
    type?: 'File' | 'SymbolicLink' | 'Link' | 'CharacterDevice'
    linkpath?: string
    data?: string
  }[],
): Buffer {
  const blocks = entries.flatMap(({ path, type = 'File', linkpath, data = '' }) => {
    const header = new Header({
      path,
      type,
      size: data.length,
      mode: 0o644,
      mtime: new Date(0),
      ...(linkpath !== undefined && { linkpath }),
    })
    const block = Buffer.alloc(512)
    header.encode(block, 0)
    const padded = Buffer.alloc(Math.ceil(data.length / 512) * 512)
    padded.write(data, 'latin1')
    return [block, padded]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

/** A zip with one stored file of any name and mode. */
function zipOf(
  name: string,
  data: Buffer,
  { mode = 0o100644, claimed = data.length }: { mode?: number; claimed?: number } = {},
): Buffer {
  const path = Buffer.from(name)
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(20, 4)
  local.writeUInt32LE(data.length, 18)
  local.writeUInt32LE(claimed, 22)
  local.writeUInt16LE(path.length, 26)
  const central = Buffer.alloc(46)
  central.writeUInt32LE(0x02014b50, 0)
  central.writeUInt16LE((3 << 8) | 20, 4)
  central.writeUInt16LE(20, 6)
  central.writeUInt32LE(data.length, 20)
  central.writeUInt32LE(claimed, 24)
  central.writeUInt16LE(path.length, 28)
  central.writeUInt32LE((mode << 16) >>> 0, 38)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length + path.length, 12)
  end.writeUInt32LE(local.length + path.length + data.length, 16)
  return Buffer.concat([local, path, data, central, path, end])
}

describe('plain files come out of', () => {
  const large = Buffer.alloc(300_000, 'model ')
  beforeEach(async () => {
    await writeFile(join(from, 'model.json'), '{}')
    await writeFile(join(from, 'deep/model.onnx'), large)
    await writeFile(join(from, 'empty'), '')
  })
  const expectAll = async (): Promise<void> => {
    expect((await readFile(join(to, 'deep/model.onnx'))).equals(large)).toBe(true)
    expect(await readFile(join(to, 'model.json'), 'utf8')).toBe('{}')
    expect((await readdir(to)).toSorted()).toEqual(['deep', 'empty', 'model.json'])
  }

  test.each([false, true])('a tar, packed by gzip: %s', async (gzip) => {
    await create({ file: archive(), cwd: from, gzip }, ['.'])
    await unpack()
    await expectAll()
  })

  test('a tar packed by bzip2', async () => {
    await writeFile(archive(), Buffer.from(BZIP2, 'base64'))
    await unpack()
    await expectAll()
  })

  test('a zip', async () => {
    await writeFile(archive(), zipOf('deep/model.onnx', large))
    await unpack()
    expect((await readFile(join(to, 'deep/model.onnx'))).equals(large)).toBe(true)
  })
})

describe('an archive is refused with', () => {
  test.each([
    ['a path that leads out', tarOf([{ path: '../out', data: 'x' }]), /leads out/],
    ['a path that leads out on its way', tarOf([{ path: 'a/../../out', data: 'x' }]), /leads out/],
    ['an absolute path', tarOf([{ path: '/tmp/out', data: 'x' }]), /leads out/],
    ['a path of another system', tarOf([{ path: 'C:\\out', data: 'x' }]), /leads out/],
    ['a symbolic link', tarOf([{ path: 'a', type: 'SymbolicLink', linkpath: '/etc/passwd' }]), /SymbolicLink/],
    ['a hard link', tarOf([{ path: 'a', type: 'Link', linkpath: '/etc/passwd' }]), /Link/],
    ['a device', tarOf([{ path: 'a', type: 'CharacterDevice' }]), /CharacterDevice/],
    [
      'the same file twice',
      tarOf([
        { path: 'a', data: 'x' },
        { path: './a', data: 'y' },
      ]),
      /twice/,
    ],
    ['a zip whose path leads out', zipOf('../out', Buffer.from('x')), /archive|leads out/],
    ['a zip with a link', zipOf('a', Buffer.from('/etc/passwd'), { mode: 0o120777 }), /no plain file/],
    ['a zip that claims another size', zipOf('a', Buffer.from('xyz'), { claimed: 2 }), /archive/],
    ['no archive in it', Buffer.from('just some text that is nothing of the kind'), /none of/],
    ['nothing in it', Buffer.alloc(0), /none of/],
    ['half of it gone', gzipSync(tarOf([{ path: 'a', data: 'x'.repeat(5000) }])).subarray(0, 60), /broken/],
    ['half of a tar gone', tarOf([{ path: 'a', data: 'x'.repeat(5000) }]).subarray(0, 2000), /broken/],
  ])('%s', async (_what, bytes, why) => {
    await writeFile(archive(), bytes)
    await expect(unpack()).rejects.toMatchObject({ code: 'ai.archive', message: expect.stringMatching(why) as string })
    expect(await readdir(folder)).toEqual(['archive', 'from', 'to'])
  })

  test('more in it than is taken, however small it is packed', async () => {
    await writeFile(archive(), gzipSync(tarOf([{ path: 'a', data: 'x'.repeat(3_000_000) }])))
    await expect(unpack()).rejects.toMatchObject({
      code: 'ai.archive',
      message: expect.stringMatching(/more than 1000000 bytes/) as string,
    })
    await writeFile(archive(), tarOf(Array.from({ length: 30 }, (_, i) => ({ path: `f${i}` }))))
    await expect(unpack()).rejects.toMatchObject({ message: expect.stringMatching(/more than 20 files/) as string })
  })

  test('links that were on the disk', async () => {
    await writeFile(join(folder, 'secret'), 'x')
    await symlink(join(folder, 'secret'), join(from, 'link'))
    await create({ file: archive(), cwd: from }, ['.'])
    await expect(unpack()).rejects.toMatchObject({ code: 'ai.archive' })
  })
})
