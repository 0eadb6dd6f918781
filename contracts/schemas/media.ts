import { Type } from 'typebox'
import type { Static } from 'typebox'

const nullable = <T extends ReturnType<typeof Type.Number> | ReturnType<typeof Type.String>>(schema: T) =>
  Type.Union([schema, Type.Null()])

/** An id of a file, as links and requests carry it. */
export const FileId = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9]+$' })

/** What a file is, told by its content. */
export const FileType = Type.Union([
  Type.Literal('video'),
  Type.Literal('audio'),
  Type.Literal('image'),
  Type.Literal('document'),
])
export type FileType = Static<typeof FileType>

/** Document 5's MediaFile, and what the product adds to it. */
export const MediaFile = Type.Object({
  file_id: Type.String(),
  user_id: Type.Integer(),
  meeting_id: Type.Union([Type.Integer(), Type.Null()]),
  file_name: Type.String(),
  /** Where it is downloaded with a token; `media/:id/link` makes an address that needs none. */
  file_url: Type.String(),
  file_type: FileType,
  mime_type: Type.String(),
  /** Bytes. */
  size: Type.Integer(),
  /** Seconds. */
  duration: Type.Optional(Type.Number()),
  created_at: Type.String(),
  description: Type.String(),
  width: nullable(Type.Number()),
  height: nullable(Type.Number()),
  /** A small picture of it, open for an hour or so to whoever has the address; null where there is none. */
  preview_url: nullable(Type.String()),
  /** The file it was made from. */
  source_id: nullable(Type.String()),
  /** Whether it is the caller's to delete. */
  is_mine: Type.Boolean(),
})
export type MediaFile = Static<typeof MediaFile>

/** What ffprobe sees in a file. */
export const MediaDetails = Type.Object({
  format: Type.String(),
  duration: nullable(Type.Number()),
  bitrate: nullable(Type.Number()),
  streams: Type.Array(
    Type.Object({
      kind: Type.Union([Type.Literal('video'), Type.Literal('audio'), Type.Literal('subtitle'), Type.Literal('data')]),
      codec: Type.String(),
      width: Type.Optional(Type.Integer()),
      height: Type.Optional(Type.Integer()),
      frame_rate: Type.Optional(Type.Number()),
      channels: Type.Optional(Type.Integer()),
      sample_rate: Type.Optional(Type.Number()),
      bitrate: Type.Optional(Type.Number()),
    }),
  ),
})
