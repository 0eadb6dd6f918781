import i18next from 'i18next'
import { searchMessages } from '#contracts/assistant.ts'
import type { PaletteItem, PaletteSource } from '@/app/feature.ts'
import { callApi } from '@/lib/api.ts'

const t = (key: string) => i18next.t(`assistant:${key}`)
const MOST = 6

/** What the assistant adds to the palette: a new conversation, and words said in any. */
export const palette: PaletteSource = {
  items: () => [
    {
      id: 'assistant-new',
      label: t('palette.new'),
      icon: 'sparkles',
      keywords: 'new chat conversation ask assistant ai',
      keys: 'n a',
      to: '/assistant/new',
    },
  ],
  search: {
    title: () => t('palette.found'),
    find: async (words, signal) => {
      const { hits } = await callApi(searchMessages, { query: { q: words, limit: 20 } }, { signal })
      const byConversation = new Map(hits.toReversed().map((hit) => [hit.conversationId, hit]))
      return [...byConversation.values()]
        .toReversed()
        .slice(0, MOST)
        .map((hit): PaletteItem => ({
          id: `assistant-${hit.conversationId}`,
          label: hit.title,
          ...(hit.messageId === null ? {} : { hint: hit.excerpt.slice(0, 60) }),
          icon: 'message-square',
          to: `/assistant/${hit.conversationId}`,
        }))
    },
  },
}
