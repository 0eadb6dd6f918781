import '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import type { FileHandle } from 'node:fs/promises'
import { avatar, uploadAvatar } from '#contracts/users.ts'
import type { Identity } from '#domains/identity/identity.ts'
import { Fault } from '#kernel/fault.ts'
import { SENT } from './mount.ts'
import type { Mount, Speech } from './mount.ts'

const MOST_BYTES = 5 * 1024 * 1024

const UPLOAD: Speech = {
  words: {
    'accounts.avatar-invalid': { status: 400, code: 3001, message: '上传失败: 请上传有效的图片文件' },
    'accounts.avatar-missing': { status: 400, code: 3001, message: '上传失败: 缺少 file 字段' },
    'request.too-large': { status: 413, code: 3001, message: '上传失败: 图片不能超过5MB' },
    'request.invalid': { status: 400, code: 3001, message: '上传失败: 请求格式错误' },
  },
}

/** Taking people's pictures (document 5) and serving them. The app has `@fastify/multipart` registered. */
export function mountAvatars(
  mount: Mount,
  parts: { identity: Identity; openAvatar: (name: string) => Promise<FileHandle | undefined> },
): void {
  mount(
    uploadAvatar,
    async ({ account, request }) => {
      return { avatar_url: await parts.identity.profiles.setAvatar(account, await pictureOf(request)) }
    },
    UPLOAD,
  )

  mount(avatar, async ({ params, reply }) => {
    const file = await parts.openAvatar(params.name)
    if (file === undefined) throw new Fault('missing', 'accounts.avatar-unknown', 'There is no such picture')
    // The name holds a hash of what is in it, so it never changes.
    reply.header('cache-control', 'public, max-age=31536000, immutable')
    reply.header('cross-origin-resource-policy', 'cross-origin')
    await reply.type('image/webp').send(file.createReadStream())
    return SENT
  })
}

async function pictureOf(request: FastifyRequest): Promise<Buffer> {
  if (!request.isMultipart()) throw missing()
  const limits = { fileSize: MOST_BYTES, files: 1, fields: 10, fieldSize: 10_000, parts: 12 }
  for await (const part of request.files({ limits })) {
    if (part.fieldname === 'file') return part.toBuffer()
    part.file.resume()
  }
  throw missing()
}

function missing(): Fault {
  return new Fault(
    'invalid',
    'accounts.avatar-missing',
    'A multipart form with a picture in the field "file" is asked for',
  )
}
