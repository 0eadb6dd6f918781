import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { previewSubscription } from '#contracts/board-alerts.ts'
import type { SubscriptionType } from '#contracts/schemas/alerts.ts'
import { callApi } from '@/lib/api.ts'
import { describeError } from '@/lib/describe-error.ts'
import { Time } from '@/ui/time.tsx'
import { useRested } from '@/ui/use-rested.ts'

/** What a subscription would have matched lately; follows what one types, after a rest. */
export function Preview({ board, type, value }: { board: string; type: SubscriptionType; value: string }) {
  const { t } = useTranslation('alerts')
  const common = useTranslation('common')
  const wish = useRested(`${board.trim()}\n${type}\n${value.trim()}`, 500)
  const [of = '', subType = 'keyword', wanted = ''] = wish.split('\n')
  const body = { board: of, sub_type: subType as SubscriptionType, value: wanted }
  const { data, error, isFetching } = useQuery({
    queryKey: ['alerts', 'preview', wish],
    queryFn: ({ signal }) => callApi(previewSubscription, { body }, { signal }),
    enabled: of !== '' && wanted !== '',
    placeholderData: keepPreviousData,
    retry: false,
  })
  if (of === '' || wanted === '') return <p className="text-12 text-ink-3">{t('preview.hint')}</p>
  return (
    <section aria-live="polite" aria-busy={isFetching} className="min-h-24">
      {error ? (
        <p className="text-danger-ink">{describeError(error, common.t).sentence}</p>
      ) : data === undefined ? (
        <p className="text-12 text-ink-3">{t('preview.looking')}</p>
      ) : (
        <>
          <p className="mb-1 font-medium">
            {t('preview.found', { count: data.matches.length, examined: data.examined, board: data.board })}
          </p>
          <ul className={isFetching ? 'opacity-60' : undefined}>
            {data.matches.slice(0, 6).map((match) => (
              <li key={match.url} className="py-0.5 md:flex md:items-baseline md:gap-2">
                <span className="block min-w-0 flex-1 truncate">{match.title}</span>
                <span className="shrink-0 text-12 text-ink-3">
                  {match.author} · <Time value={match.posted_at} />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
