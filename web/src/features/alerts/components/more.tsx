import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/button.tsx'

/** Brings the next older page, while there is one. */
export function More({ query }: { query: UseInfiniteQueryResult<unknown> }) {
  const { t } = useTranslation('alerts')
  if (!query.hasNextPage) return null
  return (
    <div className="mt-3 flex justify-center">
      <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {t('older')}
      </Button>
    </div>
  )
}
