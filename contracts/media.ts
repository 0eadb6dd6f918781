import { Type } from 'typebox'
import { route } from './route.ts'
import { FileId, FileType, MediaDetails, MediaFile } from './schemas/media.ts'
import { Id, Paging } from './schemas/meeting.ts'

const FileParams = Type.Object({ id: FileId })

/** The plain fields beside the file. */
export const UploadFields = Type.Object({
  meeting_id: Type.Optional(Id),
  description: Type.Optional(Type.String({ maxLength: 1000 })),
  /** The caller's own, or left out. */
  user_id: Type.Optional(Id),
})

/** Keeps a file. */
export const uploadMedia = route({
  id: 'media.upload',
  method: 'POST',
  path: '/api/v1/media/upload',
  family: 'meetings',
  access: 'account',
  summary: '上传文件',
  status: 201,
  rateLimit: { max: 5, per: 'minute' },
  multipart: true,
  body: UploadFields,
  result: MediaFile,
})

/** The bytes; with `Range`, a part of them. */
export const downloadMedia = route({
  id: 'media.download',
  method: 'GET',
  path: '/api/v1/media/download/:id',
  family: 'meetings',
  access: 'account',
  summary: '下载文件',
  rateLimit: { max: 50, per: 'minute' },
  params: FileParams,
  result: Type.Unknown(),
})

/** One's own files and those of meetings one took part in, newest first. */
export const listMedia = route({
  id: 'media.list',
  method: 'GET',
  path: '/api/v1/media',
  family: 'meetings',
  access: 'account',
  summary: '获取列表',
  rateLimit: { max: 50, per: 'minute' },
  query: Type.Object({
    ...Paging,
    file_type: Type.Optional(FileType),
    meeting_id: Type.Optional(Id),
    source_id: Type.Optional(FileId),
    keyword: Type.Optional(Type.String({ maxLength: 100 })),
    scope: Type.Optional(Type.Union([Type.Literal('mine'), Type.Literal('meetings')])),
  }),
  result: Type.Object({
    files: Type.Array(MediaFile),
    total: Type.Integer(),
    page: Type.Integer(),
    page_size: Type.Integer(),
  }),
})

export const mediaInfo = route({
  id: 'media.info',
  method: 'GET',
  path: '/api/v1/media/info/:id',
  family: 'meetings',
  access: 'account',
  summary: '获取信息',
  rateLimit: { max: 100, per: 'minute' },
  params: FileParams,
  result: Type.Intersect([MediaFile, Type.Object({ media_info: Type.Union([MediaDetails, Type.Null()]) })]),
})

export const deleteMedia = route({
  id: 'media.delete',
  method: 'DELETE',
  path: '/api/v1/media/:id',
  family: 'meetings',
  access: 'account',
  summary: '删除文件',
  rateLimit: { max: 50, per: 'minute' },
  params: FileParams,
  result: Type.Null(),
})

/** What the caller keeps and may keep. */
export const mediaUsage = route({
  id: 'media.usage',
  method: 'GET',
  path: '/api/v1/media/usage',
  family: 'meetings',
  access: 'account',
  summary: '存储用量',
  rateLimit: { max: 100, per: 'minute' },
  result: Type.Object({
    files: Type.Integer(),
    /** Bytes. */
    used: Type.Integer(),
    quota: Type.Integer(),
    /** Bytes, by kind of file. */
    limits: Type.Object({
      video: Type.Integer(),
      audio: Type.Integer(),
      image: Type.Integer(),
      document: Type.Integer(),
    }),
  }),
})

/** An address of the file that needs no token, for a time: for players, and for sending on. */
export const linkMedia = route({
  id: 'media.link',
  method: 'POST',
  path: '/api/v1/media/:id/link',
  family: 'meetings',
  access: 'account',
  summary: '生成限时链接',
  rateLimit: { max: 100, per: 'minute' },
  params: FileParams,
  body: Type.Object({
    /** How long it is valid, at least; an hour unless told, a week at most. */
    expires_in: Type.Optional(Type.Integer({ minimum: 60, maximum: 7 * 24 * 3600 })),
  }),
  result: Type.Object({ url: Type.String(), expires_at: Type.String() }),
})

const Proof = Type.Object({
  until: Type.Integer({ minimum: 0, maximum: 9_999_999_999 }),
  sign: Type.String({ maxLength: 64 }),
  /** To be saved rather than shown. */
  download: Type.Optional(Type.Literal('1')),
})

/** A file by a signed link; the name is for whoever saves it. */
export const openFile = route({
  id: 'media.open',
  method: 'GET',
  path: '/files/:id/:name',
  family: 'raw',
  access: 'anyone',
  summary: 'A file, by a signed link',
  rateLimit: { max: 600, per: 'minute' },
  params: Type.Object({ id: FileId, name: Type.String({ maxLength: 1000 }) }),
  query: Proof,
  result: Type.Unknown(),
})

/** The small picture of a file by a signed link. */
export const openPreview = route({
  id: 'media.preview',
  method: 'GET',
  path: '/files/:id/preview.webp',
  family: 'raw',
  access: 'anyone',
  summary: 'The small picture of a file, by a signed link',
  rateLimit: { max: 1200, per: 'minute' },
  params: FileParams,
  query: Proof,
  result: Type.Unknown(),
})
