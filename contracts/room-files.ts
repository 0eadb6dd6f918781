import { Type } from 'typebox'
import { UploadFields } from './media.ts'
import { route } from './route.ts'
import { FileId } from './schemas/media.ts'
import { RoomFile } from './schemas/room.ts'

const Id = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
const OfMessage = Type.Object({ id: Id, file_id: FileId })

/** Keeps a file in the caller's library, to be brought by a message (`file_ids`). */
export const uploadRoomFile = route({
  id: 'rooms.files.upload',
  method: 'POST',
  path: '/api/groups/:id/files',
  family: 'workspace',
  access: 'account',
  summary: 'Upload a file for a message of this room (multipart, `file`)',
  params: Type.Object({ id: Id }),
  multipart: true,
  body: UploadFields,
  result: RoomFile,
  status: 201,
  rateLimit: { max: 60, per: 'minute' },
})

/** The bytes, for members of the room while the message stands; with `Range`, a part of them. */
export const getRoomFile = route({
  id: 'rooms.files.get',
  method: 'GET',
  path: '/api/messages/:id/files/:file_id',
  family: 'workspace',
  access: 'account',
  summary: 'A file that a message brings; `preview`: a small picture of it',
  params: OfMessage,
  query: Type.Object({ preview: Type.Optional(Type.Literal('1')) }),
  result: Type.Unknown(),
  rateLimit: { max: 1_200, per: 'minute' },
})

export const linkRoomFile = route({
  id: 'rooms.files.link',
  method: 'POST',
  path: '/api/messages/:id/files/:file_id/link',
  family: 'workspace',
  access: 'account',
  summary:
    'An address of the file for players, which counts for the caller, for a while, and only while they may see it',
  params: OfMessage,
  result: Type.Object({ url: Type.String(), expires_at: Type.String() }),
  rateLimit: { max: 300, per: 'minute' },
})

/** The file by such an address; whether its holder may see it is asked at every request. */
export const openRoomFile = route({
  id: 'rooms.files.open',
  method: 'GET',
  path: '/room-files/:user_id/:id/:file_id/:name',
  family: 'raw',
  access: 'anyone',
  summary: 'A file of a room, by a signed link',
  params: Type.Object({ user_id: Id, id: Id, file_id: FileId, name: Type.String({ maxLength: 1000 }) }),
  query: Type.Object({
    until: Type.Integer({ minimum: 0, maximum: 9_999_999_999 }),
    sign: Type.String({ maxLength: 64 }),
    /** To be saved rather than shown. */
    download: Type.Optional(Type.Literal('1')),
    /** A small picture of it. */
    preview: Type.Optional(Type.Literal('1')),
  }),
  result: Type.Unknown(),
  rateLimit: { max: 1_200, per: 'minute' },
})
