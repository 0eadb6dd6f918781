import { Type } from 'typebox'
import type { Static } from 'typebox'
import { FileId, FileType } from './media.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

export const RoomRole = Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('member')])
export type RoomRole = Static<typeof RoomRole>

/** `group`: made by people. `direct`: two people. `meeting`: the chat of a meeting. */
export const RoomKind = Type.Union([Type.Literal('group'), Type.Literal('direct'), Type.Literal('meeting')])
export type RoomKind = Static<typeof RoomKind>

/** Somebody as a message or a list of members shows them. */
export const RoomPerson = Type.Object({
  id: Type.Integer(),
  username: Type.String(),
  name: Type.String(),
  avatar_url: Nullable(Type.String()),
})
export type RoomPerson = Static<typeof RoomPerson>

/** A file that a message brings; its bytes are the media library's, and open to the room's members by way of the message. */
export const RoomFile = Type.Object({
  id: FileId,
  name: Type.String(),
  kind: FileType,
  mime: Type.String(),
  /** Bytes. */
  size: Type.Integer(),
  width: Nullable(Type.Number()),
  height: Nullable(Type.Number()),
  /** Seconds. */
  duration: Nullable(Type.Number()),
})
export type RoomFile = Static<typeof RoomFile>

/** A message, the same for every reader: in absolute time, as the live socket carries it. */
export const RoomMessage = Type.Object({
  id: Type.Integer(),
  chat_room_id: Type.Integer(),
  /** 1, 2, 3 … within the room; deleted messages keep theirs. */
  seq: Type.Integer(),
  /** Counts every change of any message of the room; a reader who has one number has everything up to it. */
  change: Type.Integer(),
  /** Null once the account is gone. */
  sender_id: Nullable(Type.Integer()),
  sender: Nullable(RoomPerson),
  /** Empty once deleted. */
  content: Type.String(),
  /** What it answers, cut short. */
  reply_to: Nullable(
    Type.Object({
      id: Type.Integer(),
      seq: Type.Integer(),
      sender_name: Nullable(Type.String()),
      content: Type.String(),
      /** Of the first file it brings. */
      file_name: Nullable(Type.String()),
      deleted: Type.Boolean(),
    }),
  ),
  /** None once deleted. */
  files: Type.Array(RoomFile),
  /** Accounts named with `@login`. */
  mentions: Type.Array(Type.Integer()),
  reactions: Type.Array(Type.Object({ emoji: Type.String(), user_ids: Type.Array(Type.Integer()) })),
  sent_at: Type.String(),
  edited_at: Nullable(Type.String()),
  deleted: Type.Boolean(),
  /** The sender's own name for it. */
  client_key: Nullable(Type.String()),
})
export type RoomMessage = Static<typeof RoomMessage>

/** Where a room stands for one member. */
export const RoomState = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  kind: RoomKind,
  meeting_id: Nullable(Type.Integer()),
  role: RoomRole,
  member_count: Type.Integer(),
  /** The other one of a direct room. */
  peer: Nullable(RoomPerson),
  last_seq: Type.Integer(),
  last_change: Type.Integer(),
  /** Up to which message the member has read. */
  read_seq: Type.Integer(),
  /** Messages of others after it that still stand: exact. */
  unread: Type.Integer(),
  /** Those among them that name the member. */
  mentions: Type.Integer(),
  last_message: Nullable(
    Type.Object({
      sender_name: Nullable(Type.String()),
      content: Type.String(),
      file_name: Nullable(Type.String()),
      deleted: Type.Boolean(),
    }),
  ),
  /** When something was last said, or the room was made. */
  last_at: Type.String(),
})
export type RoomState = Static<typeof RoomState>

/** Somebody in a room. */
export const RoomMember = Type.Object({
  user_id: Type.Integer(),
  username: Type.String(),
  name: Type.String(),
  avatar_url: Nullable(Type.String()),
  role: RoomRole,
  joined_at: Type.String(),
  read_seq: Type.Integer(),
})
export type RoomMember = Static<typeof RoomMember>
