import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createFeed, deleteFeed, getFeed } from '#contracts/calendar.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Button } from '@/ui/button.tsx'
import { CopyButton } from '@/ui/code-block.tsx'
import { Confirm, Dialog } from '@/ui/dialog.tsx'
import { Time } from '@/ui/time.tsx'

const key = ['schedules', 'feed'] as const

/** The private address by which other calendar programs read this calendar. */
export function FeedDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation('calendar')
  const [url, setUrl] = useState<string>()
  const [asks, setAsks] = useState<'renew' | 'end' | null>(null)
  const feed = useQuery({ queryKey: key, queryFn: ({ signal }) => callApi(getFeed, {}, { signal }), enabled: open })
  const create = useAct({ act: () => callApi(createFeed), invalidates: [key], onDone: (made) => setUrl(made.url) })
  const end = useAct({ act: () => callApi(deleteFeed), invalidates: [key], onDone: () => setUrl(undefined) })
  const since = feed.data?.created_at
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('feed.title')} description={t('feed.text')}>
      {url ? (
        <div className="mb-3">
          <div className="flex items-center gap-1 rounded-6 border border-line bg-sunken pl-3">
            <span className="min-w-0 flex-1 truncate font-mono text-12">{url}</span>
            <CopyButton text={url} />
          </div>
          <p className="mt-1 text-12 text-ink-3">{t('feed.once')}</p>
        </div>
      ) : (
        since && (
          <p className="mb-3 text-ink-2">
            {t('feed.since')} <Time value={since} />
          </p>
        )
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          kind={since ? 'secondary' : 'primary'}
          icon="link"
          busy={create.isPending}
          onClick={() => (since ? setAsks('renew') : create.mutate())}
        >
          {t(since ? 'feed.renew' : 'feed.create')}
        </Button>
        {since && (
          <Button busy={end.isPending} onClick={() => setAsks('end')}>
            {t('feed.end')}
          </Button>
        )}
      </div>
      <Confirm
        open={asks !== null}
        onOpenChange={(isOpen) => !isOpen && setAsks(null)}
        title={t(asks === 'end' ? 'feed.endAsk' : 'feed.renewAsk')}
        description={t(asks === 'end' ? 'feed.endText' : 'feed.renewText')}
        action={t(asks === 'end' ? 'feed.end' : 'feed.renew')}
        onConfirm={() => (asks === 'end' ? end : create).mutateAsync()}
      />
    </Dialog>
  )
}
