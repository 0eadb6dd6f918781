import { useQueryClient } from '@tanstack/react-query'
import type { AiEvents } from '#contracts/events/ai.ts'
import { useLiveEvent } from '@/lib/live.ts'
import { type Models, keys } from './queries.ts'

/** Keeps the models as the server tells of them; progress goes straight into the cache, anything more is read anew. */
export function useLiveModels(): void {
  const client = useQueryClient()
  useLiveEvent('ai.model.changed', (data) => {
    const change = data as AiEvents['ai.model.changed'] | undefined
    const before = client.getQueryData<Models>(keys.models)
    const known = before?.models.find((model) => model.model_id === change?.model_id)
    if (before && change && known) {
      const models = before.models.map((model) => (model === known ? { ...model, ...change } : model))
      client.setQueryData<Models>(keys.models, { ...before, models })
      if (change.state === 'downloading' && known.state === 'downloading') return
    }
    void client.invalidateQueries({ queryKey: keys.models })
  })
}

/** Reads the nodes anew when one comes or goes. */
export function useLiveNodes(): void {
  const client = useQueryClient()
  useLiveEvent('ai.node.changed', () => void client.invalidateQueries({ queryKey: keys.nodes }))
}
