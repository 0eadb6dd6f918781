import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Card } from '@/ui/page.tsx'
import { ErrorState, SkeletonRows } from '@/ui/states.tsx'

/** What was read, once it was: a skeleton before, the reason and Retry when it could not be. */
export function Loaded<Data>({
  query,
  failed,
  rows = 5,
  children,
}: {
  query: UseQueryResult<Data>
  failed: string
  rows?: number
  children: (data: Data) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  return (
    <Card>
      {query.error ? (
        <ErrorState error={query.error} title={failed} onRetry={() => void query.refetch()} compact />
      ) : (
        <SkeletonRows count={rows} />
      )}
    </Card>
  )
}
