import type { Library } from '#domains/media/library.ts'
import { createLinks } from '#domains/media/links.ts'
import type { FilesPort } from '#domains/rooms/ports.ts'
import { isFault } from '#kernel/fault.ts'
import { mountRoomFiles, roomFileOf } from '#surfaces/room-files.ts'
import type { Base } from './part.ts'
import type { RoomsPart } from './rooms.ts'

/** Wires the files of messages: rooms say who may see them, the library keeps them. */
export function composeRoomFiles(base: Base, parts: { rooms: RoomsPart; library: Library }): FilesPort {
  const { rooms, library } = parts
  mountRoomFiles(base.mount, {
    rooms: rooms.rooms,
    messages: rooms.messages,
    library,
    links: createLinks(base.secrets.derive('room-file-links'), base.clock),
  })
  return {
    own: async (accountId, fileId) => {
      try {
        const file = await library.see(accountId, fileId)
        return file.accountId === accountId ? roomFileOf(file) : undefined
      } catch (error) {
        if (isFault(error, 'media.missing')) return undefined
        throw error
      }
    },
  }
}
