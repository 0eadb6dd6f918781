import type { RoomRole } from '#contracts/schemas/room.ts'
import { Fault } from '#kernel/fault.ts'
import { oneLine } from '#kernel/one-line.ts'

/** Longest message, in characters. */
export const LONGEST_MESSAGE = 10_000
/** Longest name of a room, in characters. */
export const LONGEST_NAME = 100
/** Most people in one room. */
export const MOST_MEMBERS = 5_000

/** The fault of a room that is not there, or that the caller is not in: the two are one answer. */
export function missingRoom(): Fault {
  return new Fault('missing', 'rooms.missing', 'There is no such room')
}

/** The fault of a message that is not there, or not for the caller's eyes. */
export function missingMessage(): Fault {
  return new Fault('missing', 'rooms.message-missing', 'There is no such message')
}

/** The fault of something the caller's role in the room does not allow. */
export function notAllowed(): Fault {
  return new Fault('forbidden', 'rooms.not-allowed', 'Your role in this room does not allow this')
}

/** A room's name as one line. Faults: `rooms.no-name`. */
export function cleanName(typed: string): string {
  const name = oneLine(typed)
  if (name === '') throw new Fault('invalid', 'rooms.no-name', 'A room needs a name')
  return name
}

/** A message's text with its blank edges taken off. Faults: `rooms.blank-message`, `rooms.long-message`. */
export function cleanContent(typed: string, { mayBeBlank = false } = {}): string {
  const content = typed
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/^\s*\n|\s+$/g, '')
  if (oneLine(content) === '') {
    if (mayBeBlank) return ''
    throw new Fault('invalid', 'rooms.blank-message', 'A message says something')
  }
  // Code points, as the database counts.
  if (Array.from(content).length > LONGEST_MESSAGE) {
    throw new Fault('too-large', 'rooms.long-message', `A message has at most ${LONGEST_MESSAGE} characters`)
  }
  return content
}

const RANK: Readonly<Record<RoomRole, number>> = { member: 0, admin: 1, owner: 2 }

/** Whether somebody of one role stands above somebody of another. */
export const outranks = (one: RoomRole, other: RoomRole): boolean => RANK[one] > RANK[other]

/** Whether a role may rename the room, make invite links, and take people out. */
export const manages = (role: RoomRole): boolean => role !== 'member'
