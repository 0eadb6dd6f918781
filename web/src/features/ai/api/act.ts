import type { QueryKey } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { useAct } from '@/app/query.ts'
import { ApiError, SignedOutError } from '@/lib/api-error.ts'
import { describeError } from '@/lib/describe-error.ts'
import { toast } from '@/ui/toast.tsx'
import { sayReason } from './say-reason.ts'

/** What went wrong, in a sentence: of this part's own faults where it is one, with the reason the server gave in brackets. */
function sayFault(error: unknown, t: TFunction<'ai'>, common: TFunction<'common'>): string {
  const fault = error instanceof ApiError ? error.fault : undefined
  if (error instanceof ApiError && fault !== undefined && /^(ai|outbound)\./.test(fault)) {
    const why = sayReason(/\(([^]*)\)$/.exec(error.message)?.[1] ?? '', t)
    const own = t(`fault.${fault.slice(fault.indexOf('.') + 1)}`, { defaultValue: '', why })
    if (own) return own
  }
  return describeError(error, common).sentence
}

/** The same, with the words of the page. */
export function useSayFault(): (error: unknown) => string {
  const { t } = useTranslation('ai')
  const { t: common } = useTranslation('common')
  return (error) => sayFault(error, t, common)
}

/** A write whose failures are told in this part's own words. */
export function useAiAct<Input = void, Result = unknown>(options: {
  act: (input: Input) => Promise<Result>
  invalidates?: readonly QueryKey[]
  onDone?: (result: Result, input: Input) => void
}) {
  const say = useSayFault()
  return useAct<Input, Result>({
    ...options,
    quiet: true,
    act: async (input) => {
      try {
        return await options.act(input)
      } catch (error) {
        if (!(error instanceof SignedOutError)) toast(say(error), { tone: 'danger' })
        throw error
      }
    },
  })
}
