import i18next from 'i18next'
import type { RoomState } from '#contracts/schemas/room.ts'
import { searchGroupMessages } from '#contracts/rooms.ts'
import type { PaletteSource } from '@/app/feature.ts'
import { queryClient } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { roomsKey } from './state/rooms.ts'

/** Rooms by name, and what was said in them. */
export const palette: PaletteSource = {
  items: () => [
    { id: 'rooms.new', label: i18next.t('rooms:create.title'), icon: 'square-pen', keys: 'n r', to: '/rooms?new=1' },
    ...(queryClient.getQueryData<readonly RoomState[]>(roomsKey) ?? []).map((room) => ({
      id: `rooms.${room.id}`,
      label: room.name,
      hint: i18next.t('rooms:title'),
      icon: 'messages-square' as const,
      to: `/rooms/${room.id}`,
    })),
  ],
  search: {
    title: () => i18next.t('rooms:search.messages'),
    find: async (words, signal) => {
      const { messages } = await callApi(
        searchGroupMessages,
        { query: { q: words.slice(0, 100), limit: 6 } },
        { signal },
      )
      return messages.map((message) => ({
        id: `rooms.message.${message.id}`,
        label: message.content.replace(/\s+/g, ' ').slice(0, 80),
        hint: message.sender?.name ?? '',
        icon: 'message-square' as const,
        to: `/rooms/${message.chat_room_id}?at=${message.seq}`,
      }))
    },
  },
}
