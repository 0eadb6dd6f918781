import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import * as contracts from '#contracts/assistant.ts'
import type { Conversation } from '#contracts/schemas/assistant.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'

/** The cache's key of the list of conversations. */
export const conversationsKey = ['assistant', 'conversations'] as const
/** The cache's key of one conversation. */
export const conversationKey = (id: number) => ['assistant', 'conversation', id] as const
const settingsKey = ['assistant', 'settings'] as const
const PAGE = 50

interface Page {
  convs: Conversation[]
  nextCursor: string | null
}

/** One's conversations, pinned ones first, page by page. */
export function useConversations() {
  return useInfiniteQuery({
    queryKey: conversationsKey,
    queryFn: ({ pageParam, signal }): Promise<Page> =>
      callApi(
        contracts.listConversations,
        { query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })
}

/** One conversation with its settings. */
export function useConversation(id: number | undefined) {
  return useQuery({
    queryKey: conversationKey(id ?? 0),
    queryFn: async ({ signal }) =>
      (await callApi(contracts.getConversation, { params: { conversationId: id ?? 0 } }, { signal })).conv,
    enabled: id !== undefined,
  })
}

/** The models one may pick; fails with 503 where none is configured. */
export function useModels() {
  return useQuery({
    queryKey: ['assistant', 'models'],
    queryFn: ({ signal }) => callApi(contracts.listChatModels, {}, { signal }),
    staleTime: 5 * 60_000,
  })
}

/** Messages and titles that contain what is sought. */
export function useSearchHits(words: string) {
  return useQuery({
    queryKey: ['assistant', 'search', words],
    queryFn: async ({ signal }) =>
      (await callApi(contracts.searchMessages, { query: { q: words, limit: 50 } }, { signal })).hits,
    enabled: words !== '',
    placeholderData: (before) => before,
  })
}

export type ConversationChange = Partial<Pick<Conversation, 'title' | 'pinned' | 'model' | 'systemPrompt'>>

/** Changes a conversation; the list shows it at once. */
export function useChangeConversation() {
  const client = useQueryClient()
  return useAct({
    act: ({ id, change }: { id: number; change: ConversationChange }) =>
      callApi(contracts.changeConversation, { params: { conversationId: id }, body: change }),
    optimistic: {
      key: conversationsKey,
      apply: (before, { id, change }) => {
        const data = before as InfiniteData<Page>
        const pages = data.pages.map((page) => ({
          ...page,
          convs: page.convs.map((conv) => (conv.id === id ? { ...conv, ...change } : conv)),
        }))
        return { ...data, pages }
      },
    },
    invalidates: [conversationsKey],
    onDone: ({ conv }) => client.setQueryData(conversationKey(conv.id), conv),
  })
}

/** Deletes a conversation. */
export function useDeleteConversation() {
  return useAct({
    act: (id: number) => callApi(contracts.deleteConversation, { params: { conversationId: id } }),
    invalidates: [conversationsKey],
  })
}

/** One's instructions for every conversation. */
export function useInstructions(isWanted: boolean) {
  return useQuery({
    queryKey: settingsKey,
    queryFn: async ({ signal }) => (await callApi(contracts.getChatSettings, {}, { signal })).settings.systemPrompt,
    enabled: isWanted,
  })
}

/** Changes them. */
export async function saveInstructions(systemPrompt: string): Promise<void> {
  await callApi(contracts.putChatSettings, { body: { systemPrompt: systemPrompt.trim() || null } })
}
