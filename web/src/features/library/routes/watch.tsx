import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResultOf } from '#contracts/route.ts'
import { watchStream } from '#contracts/streaming.ts'
import { Logo } from '@/app/logo.tsx'
import { ApiError } from '@/lib/api-error.ts'
import { callApi } from '@/lib/api.ts'
import { Badge } from '@/ui/badge.tsx'
import { Spinner } from '@/ui/button.tsx'
import { useTitle } from '@/ui/page.tsx'
import { EmptyState, ErrorState, Loading, Skeleton } from '@/ui/states.tsx'
import { Time } from '@/ui/time.tsx'
import { LivePlayer } from '../components/live-player.tsx'

type Watched = ResultOf<typeof watchStream>

const LOOK_MS = 5_000
/** Whoever watches is some seconds behind: the picture goes on for so long after the end. */
const BEHIND_MS = 20_000

/** A live stream for whoever has its link. */
export function Page() {
  const { t } = useTranslation('library')
  const { id = '', proof = '' } = useParams({ strict: false }) as { id?: string; proof?: string }
  const { data, error, refetch } = useQuery({
    queryKey: ['watch', id, proof],
    queryFn: ({ signal }) => callApi(watchStream, { params: { id, proof } }, { signal }),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : LOOK_MS),
  })
  useTitle(data?.title ?? t('watch.title'))
  return (
    <main className="flex min-h-dvh flex-col bg-canvas">
      <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-4">
        <Logo />
        <span className="font-semibold">Confab</span>
      </header>
      <div className="mx-auto flex w-full max-w-[80rem] flex-1 flex-col px-4 py-4 md:px-8 md:py-6">
        {data ? (
          <Stream key={data.stream_id} stream={data} />
        ) : error ? (
          error instanceof ApiError && error.status < 500 ? (
            <EmptyState heading icon="link" title={t('watch.noLink')}>
              {t('watch.noLinkWhat')}
            </EmptyState>
          ) : (
            <>
              <h1 className="sr-only">{t('watch.title')}</h1>
              <ErrorState error={error} title={t('watch.notLoaded')} onRetry={() => void refetch()} />
            </>
          )
        ) : (
          <Loading>
            <Skeleton className="aspect-16/9 w-full rounded-10" />
          </Loading>
        )}
      </div>
    </main>
  )
}

function isOver({ status }: Watched): boolean {
  return status === 'ended' || status === 'failed'
}

function Stream({ stream }: { stream: Watched }) {
  const { t } = useTranslation('library')
  const over = isOver(stream)
  // Whoever opens the page afterwards sees the end at once.
  const [shown, setShown] = useState(!over)
  useEffect(() => {
    if (!over || !shown) return
    const timer = setTimeout(() => setShown(false), BEHIND_MS)
    return () => clearTimeout(timer)
  }, [over, shown])
  const live = stream.status === 'live' || stream.status === 'reconnecting'
  return (
    <>
      {stream.status === 'failed' ? (
        <Stage>
          <EmptyState icon="triangle-alert" title={t('watch.failed')}>
            {t('watch.failedWhat')}
          </EmptyState>
        </Stage>
      ) : !shown ? (
        <Stage>
          <EmptyState icon="circle-stop" title={t('watch.ended')}>
            {t('watch.endedWhat')}
          </EmptyState>
        </Stage>
      ) : live || over ? (
        <LivePlayer src={stream.hls_url} title={stream.title} onEnded={() => setShown(false)} />
      ) : (
        <Stage>
          <p role="status" className="flex items-center gap-3 text-16 text-ink-2">
            <Spinner size={20} />
            {t('watch.starting')}
          </p>
        </Stage>
      )}
      <div className="mt-4 flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="min-w-0 text-20 font-semibold">{stream.title}</h1>
        <span role="status">
          {live && (
            <Badge tone="danger" icon="radio">
              {t('watch.live')}
            </Badge>
          )}
        </span>
        <p className="w-full text-ink-2">
          {t('watch.since')} <Time value={stream.started_at} style="datetime" />
        </p>
      </div>
    </>
  )
}

/** Where the picture would be. */
function Stage({ children }: { children: ReactNode }) {
  return (
    <div className="grid aspect-16/9 w-full place-items-center rounded-10 border border-line bg-sunken">{children}</div>
  )
}
