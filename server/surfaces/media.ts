import {
  deleteMedia,
  downloadMedia,
  linkMedia,
  listMedia,
  mediaInfo,
  mediaUsage,
  openFile,
  openPreview,
  uploadMedia,
} from '#contracts/media.ts'
import type { MediaFile as MediaFileView } from '#contracts/schemas/media.ts'
import type { Library } from '#domains/media/library.ts'
import type { Links } from '#domains/media/links.ts'
import type { MediaFile, MediaInfo } from '#domains/media/media-file.ts'
import { fileContent, previewContent } from './file-content.ts'
import { sendBytes } from './media-bytes.ts'
import { receiveUpload } from './media-upload.ts'
import { linkSpeech, mediaSpeech, uploadSpeech } from './media-words.ts'
import { SENT } from './mount.ts'
import type { Mount } from './mount.ts'
import { rfc3339 } from './time.ts'

const PREVIEW_SECONDS = 3600
const LINK_SECONDS = 3600

/** The library: upload, list, look into, download, delete, and links for players. */
export function mountMedia(mount: Mount, { library, links }: { library: Library; links: Links }): void {
  mount(
    uploadMedia,
    async ({ account, request }) =>
      fileView(await receiveUpload(request, account, library), { links, accountId: account.accountId }),
    uploadSpeech,
  )

  mount(
    downloadMedia,
    async ({ account, params, request, reply }) => {
      const file = await library.see(account.accountId, params.id)
      await sendBytes(request, reply, fileContent(library, file), { asAttachment: true })
      return SENT
    },
    mediaSpeech,
  )

  mount(
    listMedia,
    async ({ account, query }) => {
      const { page = 1, page_size: pageSize = 20 } = query
      const { files, total } = await library.list({
        accountId: account.accountId,
        scope: query.scope,
        kind: query.file_type,
        meetingId: query.meeting_id,
        sourceId: query.source_id,
        keyword: query.keyword,
        page,
        pageSize,
      })
      const at = { links, accountId: account.accountId }
      return { files: files.map((file) => fileView(file, at)), total, page, page_size: pageSize }
    },
    mediaSpeech,
  )

  mount(
    mediaInfo,
    async ({ account, params }) => {
      const file = await library.see(account.accountId, params.id)
      return { ...fileView(file, { links, accountId: account.accountId }), media_info: detailsView(file.info) }
    },
    mediaSpeech,
  )

  mount(
    mediaUsage,
    async ({ account }) => {
      const { files, bytes, quota } = await library.usage(account.accountId)
      return { files, used: bytes, quota, limits: { ...library.limits.perKind } }
    },
    mediaSpeech,
  )

  mount(
    deleteMedia,
    async ({ account, params }) => {
      await library.remove(account.accountId, params.id)
      return null
    },
    mediaSpeech,
  )

  mount(
    linkMedia,
    async ({ account, params, body }) => {
      const file = await library.see(account.accountId, params.id)
      const { until, sign } = links.make('file', file.id, body.expires_in ?? LINK_SECONDS)
      const name = encodeURIComponent(file.name)
      return { url: `/files/${file.id}/${name}?until=${until}&sign=${sign}`, expires_at: rfc3339(until * 1000) }
    },
    mediaSpeech,
  )

  mount(
    openPreview,
    async ({ params, query, request, reply }) => {
      links.demand('preview', params.id, query)
      const content = await previewContent(library, await library.seeByLink(params.id))
      await sendBytes(request, reply, content, { asAttachment: false })
      return SENT
    },
    linkSpeech,
  )

  mount(
    openFile,
    async ({ params, query, request, reply }) => {
      links.demand('file', params.id, query)
      const file = await library.seeByLink(params.id)
      await sendBytes(request, reply, fileContent(library, file), { asAttachment: query.download === '1' })
      return SENT
    },
    linkSpeech,
  )
}

/** Document 5's MediaFile. */
export function fileView(file: MediaFile, at: { links: Links; accountId: number }): MediaFileView {
  const proof = file.previewKey === null ? undefined : at.links.make('preview', file.id, PREVIEW_SECONDS)
  return {
    file_id: file.id,
    user_id: file.accountId,
    meeting_id: file.meetingId,
    file_name: file.name,
    file_url: `/api/v1/media/download/${file.id}`,
    file_type: file.kind,
    mime_type: file.mime,
    size: file.size,
    ...(file.duration !== null && { duration: file.duration }),
    created_at: rfc3339(file.createdAt),
    description: file.description,
    width: file.width,
    height: file.height,
    preview_url: proof === undefined ? null : `/files/${file.id}/preview.webp?until=${proof.until}&sign=${proof.sign}`,
    source_id: file.sourceId,
    is_mine: file.accountId === at.accountId,
  }
}

function detailsView(info: MediaInfo | null) {
  if (info === null) return null
  const { format, duration, bitrate, streams } = info
  return {
    format,
    duration,
    bitrate,
    streams: streams.map(({ frameRate, sampleRate, ...stream }) => ({
      ...stream,
      ...(frameRate !== undefined && { frame_rate: frameRate }),
      ...(sampleRate !== undefined && { sample_rate: sampleRate }),
    })),
  }
}
