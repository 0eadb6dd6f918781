import { getRoomFile, linkRoomFile, openRoomFile, uploadRoomFile } from '#contracts/room-files.ts'
import type { RoomFile } from '#contracts/schemas/room.ts'
import type { Library } from '#domains/media/library.ts'
import type { Links } from '#domains/media/links.ts'
import type { MediaFile } from '#domains/media/media-file.ts'
import type { Messages } from '#domains/rooms/messages.ts'
import type { Rooms } from '#domains/rooms/rooms.ts'
import type { Words } from './envelopes/envelope.ts'
import { fileContent, previewContent } from './file-content.ts'
import { roomWords } from './groups.ts'
import { sendBytes } from './media-bytes.ts'
import type { Content } from './media-bytes.ts'
import { receiveUpload } from './media-upload.ts'
import { SENT } from './mount.ts'
import type { Mount, Speech } from './mount.ts'
import { rfc3339 } from './time.ts'

const LINK_SECONDS = 3600

const notFound: Words = { status: 404, code: 'E007_NOT_FOUND', message: '檔案不存在' }
const failedUpload = (message: string, status = 400): Words => ({ status, code: 'E011_DATA_TYPE_ERROR', message })
const mib = (bytes: unknown): string => `${Math.floor(Number(bytes) / 1024 / 1024)} MB`

/** Words for what goes wrong with files of messages. */
const fileWords: NonNullable<Speech['words']> = {
  ...roomWords,
  'rooms.message-missing': notFound,
  'media.missing': notFound,
  'media.range': { status: 416, code: 'E011_DATA_TYPE_ERROR', message: '請求的範圍超出檔案' },
  'media.upload-missing': { status: 400, code: 'E012_MISSING_FIELDS', message: '請提供檔案' },
  'media.empty': failedUpload('檔案是空的'),
  'media.unsupported': failedUpload('不支援這種檔案'),
  'media.damaged': failedUpload('檔案已損壞或無法讀取'),
  'media.too-large': (fault) => failedUpload(`檔案過大，這種檔案最大 ${mib(fault.data['most'])}`, 413),
  'media.over-quota': (fault) => failedUpload(`儲存空間不足，每個帳號最多 ${mib(fault.data['quota'])}`, 413),
  'media.disk-full': failedUpload('伺服器磁碟空間不足'),
  'request.too-large': failedUpload('檔案過大', 413),
}

/** What a message tells of a file of the library. */
export function roomFileOf(file: MediaFile): RoomFile {
  const { id, name, kind, mime, size, width, height, duration } = file
  return { id, name, kind, mime, size, width, height, duration }
}

/**
 * Files of messages: kept by the media library in the sender's name, and open to the room's members by way of the
 * message, for as long as it stands and they are members.
 */
export function mountRoomFiles(
  mount: Mount,
  parts: { rooms: Pick<Rooms, 'place'>; messages: Pick<Messages, 'fileOf'>; library: Library; links: Links },
): void {
  const { rooms, messages, library, links } = parts
  const speech: Speech = { words: fileWords }
  const proven = (accountId: number, messageId: number, fileId: string): string => `${accountId} ${messageId} ${fileId}`

  /** The file, where somebody may see it by way of a message. */
  const see = async (accountId: number, messageId: number, fileId: string): Promise<MediaFile> => {
    await messages.fileOf(accountId, messageId, fileId)
    return library.seeByLink(fileId)
  }
  const whole = (file: MediaFile): Content => fileContent(library, file)
  /** A small picture; the picture itself until there is a smaller one. */
  const small = async (file: MediaFile): Promise<Content> =>
    file.previewKey === null && file.kind === 'image' ? whole(file) : await previewContent(library, file)

  mount(
    uploadRoomFile,
    async ({ account, params, request }) => {
      await rooms.place(params.id, account.accountId)
      return roomFileOf(await receiveUpload(request, account, library))
    },
    speech,
  )
  mount(
    getRoomFile,
    async ({ account, params, query, request, reply }) => {
      const file = await see(account.accountId, params.id, params.file_id)
      const content = query.preview === '1' ? await small(file) : whole(file)
      await sendBytes(request, reply, content, { asAttachment: query.preview !== '1', cache: 'private, no-cache' })
      return SENT
    },
    speech,
  )
  mount(
    linkRoomFile,
    async ({ account, params }) => {
      const file = await see(account.accountId, params.id, params.file_id)
      const { until, sign } = links.make('file', proven(account.accountId, params.id, file.id), LINK_SECONDS)
      const path = `/room-files/${account.accountId}/${params.id}/${file.id}/${encodeURIComponent(file.name)}`
      return { url: `${path}?until=${until}&sign=${sign}`, expires_at: rfc3339(until * 1000) }
    },
    speech,
  )
  mount(
    openRoomFile,
    async ({ params, query, request, reply }) => {
      links.demand('file', proven(params.user_id, params.id, params.file_id), query)
      const file = await see(params.user_id, params.id, params.file_id)
      const options = { asAttachment: query.download === '1', cache: 'private, no-cache' }
      await sendBytes(request, reply, query.preview === '1' ? await small(file) : whole(file), options)
      return SENT
    },
    {
      words: {
        'media.range': { status: 416, message: 'The range lies outside the file.' },
        'media.link-invalid': { status: 403, message: 'This link is not valid or no longer valid.' },
        'media.missing': { status: 404, message: 'There is no such file.' },
        'rooms.message-missing': { status: 404, message: 'There is no such file.' },
      },
    },
  )
}
