import { useQuery } from '@tanstack/react-query'
import { linkMedia } from '#contracts/media.ts'
import { listModels } from '#contracts/models.ts'
import { listNodeTokens, listNodes } from '#contracts/nodes.ts'
import type { ResultOf } from '#contracts/route.ts'
import { enhancementStatus } from '#contracts/speech.ts'
import { callApi } from '@/lib/api.ts'

/** Every model, those of the catalogue too. */
export type Models = ResultOf<typeof listModels>
/** One model. */
export type Model = Models['models'][number]
/** One machine or program that runs models. */
export type Node = ResultOf<typeof listNodes>['nodes'][number]
/** What a machine registers with. */
export type NodeToken = ResultOf<typeof listNodeTokens>['tokens'][number]
/** A film that is being bettered. */
export type Enhancement = ResultOf<typeof enhancementStatus>

/** The cache's keys. */
export const keys = {
  models: ['ai', 'models'],
  nodes: ['ai', 'nodes'],
  tokens: ['ai', 'tokens'],
  film: (jobId: number | null) => ['ai', 'film', jobId],
} as const

const MOVING: ReadonlySet<Model['state']> = new Set(['downloading', 'loading', 'unloading'])
const LOOK_MS = 3_000
const NODES_MS = 5_000
const JOB_MS = 1_500

/** Every model; looked at again while something moves, for those whom no event reaches. */
export function useModels() {
  return useQuery({
    queryKey: keys.models,
    queryFn: ({ signal }) => callApi(listModels, { query: { scope: 'all' } }, { signal }),
    refetchInterval: ({ state }) => (state.data?.models.some((model) => MOVING.has(model.state)) ? LOOK_MS : false),
  })
}

/** What runs models, as it is now. */
export function useNodes() {
  return useQuery({
    queryKey: keys.nodes,
    queryFn: ({ signal }) => callApi(listNodes, {}, { signal }),
    refetchInterval: NODES_MS,
  })
}

/** The tokens with which machines register. */
export function useTokens() {
  return useQuery({
    queryKey: keys.tokens,
    queryFn: ({ signal }) => callApi(listNodeTokens, {}, { signal }),
  })
}

/** An address of a file that a player can open. */
export function useLink(fileId: string | null) {
  return useQuery({
    queryKey: ['ai', 'link', fileId],
    queryFn: ({ signal }) => callApi(linkMedia, { params: { id: fileId ?? '' }, body: {} }, { signal }),
    enabled: fileId !== null,
    staleTime: 30 * 60_000,
  })
}

/** How far a film is, until it is over. */
export function useEnhancement(jobId: number | null) {
  return useQuery({
    queryKey: keys.film(jobId),
    queryFn: ({ signal }) => callApi(enhancementStatus, { params: { job_id: jobId ?? 0 } }, { signal }),
    enabled: jobId !== null,
    refetchInterval: ({ state }) =>
      state.data?.status === 'queued' || state.data?.status === 'processing' ? JOB_MS : false,
  })
}
