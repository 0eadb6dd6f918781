import { QueryClient, type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { NetworkError, SignedOutError } from '@/lib/api-error.ts'
import { describeError } from '@/lib/describe-error.ts'
import { toast } from '@/ui/toast.tsx'

/** One cache for the app. Only a missing network is tried again: an answer is an answer. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 10 * 60_000,
      networkMode: 'offlineFirst',
      retry: (count, error) => error instanceof NetworkError && count < 2,
      retryDelay: (count) => Math.min(8000, 500 * 2 ** count),
    },
    mutations: { networkMode: 'always', retry: false },
  },
})

interface ActOptions<Input, Result> {
  act: (input: Input) => Promise<Result>
  /** What the cache under `key` looks like once it is done; shown at once, taken back with the reason if it fails. */
  optimistic?: { key: QueryKey; apply: (before: unknown, input: Input) => unknown }
  /** Read again afterwards. */
  invalidates?: readonly QueryKey[]
  onDone?: (result: Result, input: Input) => void
  /** True when the view says itself what went wrong (a form does); otherwise a toast does. */
  quiet?: boolean
}

/** A write: optimistic where told so, rolled back with a reason, followed by fresh reads. */
export function useAct<Input = void, Result = unknown>({
  act,
  optimistic,
  invalidates = [],
  onDone,
  quiet,
}: ActOptions<Input, Result>) {
  const client = useQueryClient()
  const { t } = useTranslation('common')
  return useMutation<Result, unknown, Input, { before: unknown }>({
    mutationFn: act,
    onMutate: async (input) => {
      if (!optimistic) return { before: undefined }
      await client.cancelQueries({ queryKey: optimistic.key })
      const before = client.getQueryData(optimistic.key)
      if (before !== undefined) client.setQueryData(optimistic.key, optimistic.apply(before, input))
      return { before }
    },
    onError: (error, _input, context) => {
      if (optimistic && context?.before !== undefined) client.setQueryData(optimistic.key, context.before)
      if (!quiet && !(error instanceof SignedOutError)) toast(describeError(error, t).sentence, { tone: 'danger' })
    },
    onSuccess: (result, input) => onDone?.(result, input),
    onSettled: () => Promise.all(invalidates.map((queryKey) => client.invalidateQueries({ queryKey }))),
  })
}
